import fc from "fast-check";
import { expect, test } from "vitest";
import { desiredContainer, foreignDetail, foreignView, sealed } from "../../testkit/foreign-container.ts";
import type { EngineView } from "../diff/field.ts";
import type { ContainerDetail, ObservedMount } from "../observed/observed.ts";
import type { Candidate } from "./find-candidates.ts";
import { judgeAdoption, type Judgement } from "./judge-adoption.ts";

const CANARY = "canary-51d0";

const DESIRED = desiredContainer({
  image: "docker.io/library/nginx:1.28",
  env: { A: "1" },
  secretEnv: { TOKEN: { secret: "token", hmac: sealed("token", CANARY) } },
  mounts: [{ source: "/home/archy/data/web/db", target: "/db", readOnly: false, kind: "data" }],
  network: { mode: "bridge", networks: [{ name: "archy-net", aliases: ["web"] }] },
});
const SAME = foreignDetail(DESIRED.spec, { TOKEN: CANARY });

const mount = (source: string, more: Partial<ObservedMount> = {}): ObservedMount => ({
  source,
  target: "/db",
  readOnly: false,
  kind: "bind",
  name: "",
  ...more,
});

function judge(
  detail: Partial<ContainerDetail> = {},
  candidate: Partial<Candidate> = {},
  view: Partial<EngineView> = {},
): Judgement {
  const found = { ...SAME, ...detail };
  const whole: Candidate = { found, container: "main", by: "both", ours: false, ...candidate };
  return judgeAdoption(whole, DESIRED, foreignView(found, view));
}

test("one that is as the manifest says is equal, and stays as it is", () => {
  expect(judge()).toEqual({
    verdict: "equal",
    diff: [],
    sentence: "web is as the manifest says: `archipelago adopt web` restarts nothing.",
  });
});

test("one that nothing but its image speaks for must be named", () => {
  const { sentence } = judge({ name: "box", attachments: SAME.attachments }, { by: "image" });
  expect(sentence).toBe("box is as the manifest says: `archipelago adopt web --from box` restarts nothing.");
});

test("one that differs says in what, and how it is replaced", () => {
  const { verdict, diff, sentence } = judge({ restartPolicy: "always", env: { ...SAME.env, A: "2", TOKEN: "old" } });
  expect(verdict).toBe("different");
  expect(diff.map(({ path }) => path)).toEqual(["env.A", "env.TOKEN", "restart_policy"]);
  expect(sentence).toBe(
    "web differs in env.A, env.TOKEN, restart_policy: `archipelago adopt web --replace` makes a new container in its place, on the same data.",
  );
});

test("a long list is cut short", () => {
  const env = Object.fromEntries("BCDEFGH".split("").map((key) => [key, CANARY]));
  expect(judge({ env: { ...SAME.env, ...env } }).sentence).toContain(
    "in env.B, env.C, env.D, env.E, env.F and 2 more:",
  );
});

test.each<readonly [string, readonly ObservedMount[], string]>([
  [
    "in another folder",
    [mount("/srv/db")],
    "web's data for /db lies in /srv/db: stop it, move that folder to /home/archy/data/web/db and leave a link to it at /srv/db, then adopt again.",
  ],
  [
    "in a volume",
    [mount("/store/v/_data", { kind: "volume", name: "v" })],
    "web's data for /db lies in the volume v (/store/v/_data): stop it, move that folder to /home/archy/data/web/db and leave a link to it at /store/v/_data, then adopt again.",
  ],
  [
    "in the container itself",
    [],
    "web keeps /db inside itself, where it would go with the container: stop it, `podman cp web:/db/. /home/archy/data/web/db`, remove it, then install the app.",
  ],
  [
    "where the manifest has no place for it",
    [...SAME.mounts, mount("/srv/more", { target: "/more" })],
    "web has /srv/more mounted at /more, which the manifest does not know: make it again without that mount if nothing in there is needed, then adopt again.",
  ],
])("data %s is at risk, and the sentence says where it goes", (_case, mounts, sentence) => {
  expect(judge({ mounts })).toMatchObject({ verdict: "data-risk", sentence });
});

test("data of another app is that app's to move", () => {
  const shared = desiredContainer({
    mounts: [{ source: "/home/archy/data/bitcoin/chain", target: "/db", readOnly: true, kind: "shared" }],
  });
  const found = { ...foreignDetail(shared.spec), mounts: [mount("/srv/chain", { readOnly: true })] };
  expect(
    judgeAdoption({ found, container: "main", by: "both", ours: false }, shared, foreignView(found)),
  ).toMatchObject({
    verdict: "data-risk",
    sentence:
      "web reads /db from /srv/chain, which has to be /home/archy/data/bitcoin/chain: adopt the app whose data that is first.",
  });
});

test("a folder that was moved with a link left behind is where it should be", () => {
  const places = new Map([["/srv/db", "/home/archy/data/web/db"]]);
  expect(judge({ mounts: [mount("/srv/db")] }, {}, { places }).verdict).toBe("equal");
});

test("one that was moved without a link is no risk, and the container is made anew", () => {
  const places = new Map([["/srv/db", null]]);
  expect(judge({ mounts: [mount("/srv/db")] }, {}, { places }).verdict).toBe("different");
});

test("another program of the same name is never touched", () => {
  expect(judge({ image: "docker.io/library/caddy:2" }, { by: "name" })).toEqual({
    verdict: "other-program",
    diff: [
      {
        path: "image",
        desired: "docker.io/library/nginx:1.28",
        observed: "docker.io/library/caddy:2",
        origin: "outside",
        impact: "recreate",
      },
    ],
    sentence: "web has a name like web's and runs another program (docker.io/library/caddy:2): it is never touched.",
  });
});

test("ours is ours", () => {
  expect(judge({ user: "9" }, { ours: true })).toEqual({ verdict: "ours", diff: [], sentence: "web is ours already." });
});

test("no secret is in any word of it", () => {
  const judgement = judge({
    env: { ...SAME.env, TOKEN: `${CANARY}-old`, OTHER: CANARY, "odd key": CANARY },
    entrypoint: ["/entry.sh", `--password=${CANARY}`],
    command: [CANARY, `-rpcauth=${CANARY}`],
    labels: { secret: CANARY },
    health: { test: ["CMD-SHELL", CANARY], timeout: 1 },
    annotations: { secret: CANARY },
  });
  expect(judgement.verdict).toBe("different");
  expect(judgement.diff.map(({ path }) => path)).toEqual([
    "entrypoint",
    "args",
    "env.OTHER",
    "env.TOKEN",
    "env.odd key",
  ]);
  expect(JSON.stringify(judgement)).not.toContain(CANARY);
});

test("no value that only the foreign container knows gets into its judgement, wherever it stands", () => {
  const around = fc.constantFrom("", "-rpcpassword=", "--token=", "-p", "x", "=", "- ", '"', "-", "a=b");
  const arg = fc.tuple(around, fc.constantFrom("", " x", "=1", '"')).map(([before, after]) => before + CANARY + after);
  const args = fc.array(fc.oneof(arg, fc.constantFrom("nginx", "--flag", "-g")));
  const env = fc.dictionary(fc.stringMatching(/^[B-Z_]{1,9}$/), arg);
  fc.assert(
    fc.property(args, args, env, arg, (entrypoint, command, more, secret) => {
      const found = { entrypoint, command, env: { ...SAME.env, ...more, TOKEN: `${secret}!` } };
      expect(JSON.stringify(judge(found))).not.toContain(CANARY);
    }),
  );
});
