import { describe, expect, it } from "vitest";
import { engineError, errorCode, isLeftover, isMonitorGone, isStuckReady, type Operation } from "./error-table.ts";

describe("an answer of the engine becomes a code", () => {
  it.each<[Operation, number, string, string]>([
    ["create", 500, "localhost/nope: image not known", "ARC_ENGINE_IMAGE_MISSING"],
    [
      "create",
      500,
      'the container name "h" is already in use by 76b7: that name is already in use',
      "ARC_ENGINE_CONFLICT",
    ],
    ["create", 500, "unable to find network with name or ID n: network not found", "ARC_ENGINE_NOT_FOUND"],
    ["create", 500, "statfs /srv/none: no such file or directory", "ARC_ENGINE_REFUSED"],
    ["start", 404, 'no container with name or ID "h3" found: no such container', "ARC_ENGINE_NOT_FOUND"],
    [
      "start",
      500,
      "cannot listen on the TCP port: listen tcp4 0.0.0.0:80: bind: address already in use",
      "ARC_ENGINE_PORT",
    ],
    ["start", 500, "listen tcp4 192.0.2.1:80: bind: cannot assign requested address", "ARC_ENGINE_PORT"],
    [
      "start",
      500,
      "container x must be in Created or Stopped state to be started: container state improper",
      "ARC_ENGINE_CONFLICT",
    ],
    [
      "start",
      500,
      'runc: exec: "/nope": no such file: OCI runtime attempted to invoke a command that was not found',
      "ARC_ENGINE_RUNTIME",
    ],
    ["start", 500, "runc: error setting rlimit type 8: operation not permitted", "ARC_ENGINE_RUNTIME"],
    ["remove", 500, "cannot remove container x as it is running: container state improper", "ARC_ENGINE_CONFLICT"],
    ["kill", 500, "can only kill running containers: container state improper", "ARC_ENGINE_CONFLICT"],
    ["health", 409, "container x is not running", "ARC_ENGINE_CONFLICT"],
    ["health", 409, "container x has no defined healthcheck", "ARC_ENGINE_CONFLICT"],
    ["network", 500, '"n9" has associated containers with it: network is being used', "ARC_ENGINE_CONFLICT"],
    ["network", 404, "unable to find network with name or ID n9: network not found", "ARC_ENGINE_NOT_FOUND"],
    ["pull", 200, "pinging container registry: connection refused", "ARC_REGISTRY_REFUSED"],
    ["pull", 200, "manifest unknown: image not known", "ARC_IMAGE_NOT_FOUND"],
    ["pull", 200, "received unexpected HTTP status: 500 Internal Server Error", "ARC_IMAGE_PULL"],
    ["build", 200, "building at STEP RUN: exit status 1", "ARC_IMAGE_BUILD"],
    ["image", 409, "image used by 5c49: image is in use by a container: consider ...", "ARC_ENGINE_CONFLICT"],
    [
      "image",
      500,
      'unable to delete image "ca39" by digest with more than one tag: please force removal',
      "ARC_ENGINE_CONFLICT",
    ],
    ["create", 500, "mkdir /var/lib/containers/x: no space left on device", "ARC_DISK_FULL"],
    ["look", 400, "unable to parse the filters", "ARC_ENGINE_REFUSED"],
    ["look", 404, "", "ARC_ENGINE_NOT_FOUND"],
  ])("%s, %i, %s", (operation, status, text, code) => {
    expect(errorCode(operation, status, text)).toBe(code);
  });
});

it("a limit comes with the time to wait", () => {
  expect(engineError("pull", 200, "toomanyrequests: retry-after: 90s").retryAfter).toBe(90_000);
  expect(engineError("pull", 200, "manifest unknown").retryAfter).toBeNull();
});

describe("a failure that a second try mends is known by its words", () => {
  const ID = "72ecb6fdb50e9f8f133538a47fb166f347e5151c27c1a8007ed77bad6c535bb7";
  const LEFT = "runc create failed: container with given ID already exists: OCI runtime error";
  const READY = `unable to start container "${ID}": \`/usr/bin/runc start ${ID}\` failed: exit status 1`;
  const GONE = `container ${ID} conmon exited prematurely, exit code could not be retrieved: internal libpod error`;
  it.each([
    ["start", LEFT, [true, false, false]],
    ["start", READY, [false, true, false]],
    ["start", READY.replace("exit status 1", "signal: broken pipe"), [false, true, false]],
    ["stop", GONE, [false, false, true]],
    ["remove", `cannot remove container ${ID} as it could not be stopped: ${GONE}`, [false, false, true]],
    [
      "remove",
      `cannot remove container ${ID} as it could not be stopped: sending SIGKILL to container ${ID}: container state improper: stopped`,
      [false, false, true],
    ],
    ["start", 'runc: exec: "/nope": no such file: OCI runtime error', [false, false, false]],
  ] as const)("%s: %s", (operation, text, expected) => {
    const error = engineError(operation, 500, text);
    expect([isLeftover(error), isStuckReady(error), isMonitorGone(error)]).toEqual(expected);
  });
});
