import { expect, test } from "vitest";
import { manifestText } from "../../testkit/builders.ts";
import { made } from "../../testkit/planned-node.ts";
import { resolvedNode, type ResolvedOptions } from "../../testkit/resolved-node.ts";
import { portFacts } from "./ports.ts";

const app = (id: string) =>
  manifestText({ id, container: { image: "docker.io/library/nginx:1.28", ports: [{ container: 80, host: 8080 }] } });

const OPTIONS: ResolvedOptions = { catalogue: { apple: app("apple"), web: app("web") } };

test("a port that two apps want stays with the one that has it, an adopted container without our labels included", () => {
  const { apps } = resolvedNode(OPTIONS).desired;
  const running = made(OPTIONS).map(({ summary }) => ({ ...summary, name: "theirs", labels: {} }));
  const claims = (owners: ReadonlyMap<string, string>) => portFacts(apps, running, owners, null).wanted.get("tcp/8080");
  expect(claims(new Map([["theirs", "web"]]))).toBe("web");
  expect(claims(new Map())).toBe("apple");
});
