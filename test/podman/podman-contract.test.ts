import { describeEngineContract } from "../engine-contract.ts";
import { podmanHarness } from "./podman-harness.ts";

describeEngineContract("Podman", podmanHarness, { shell: true });
