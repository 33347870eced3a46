import { describe, expect, it } from "vitest";
import type { ErrorCode } from "../../core/errors/codes.ts";
import { buildTrouble, LIMITED_RETRY_MS, limitedRetry, registryCode } from "./registry-trouble.ts";

const AT = "initializing source docker://registry.example/app:1: ";
const MANIFEST = `${AT}reading manifest 1 in registry.example/app: `;
const PING = `${AT}pinging container registry registry.example: Get "https://registry.example/v2/": `;
const DIGEST = `sha256:${"8".repeat(64)}`;

describe("the words of a failed pull", () => {
  it.each<[ErrorCode | null, string]>([
    ["ARC_IMAGE_NOT_FOUND", `${MANIFEST}manifest unknown`],
    ["ARC_IMAGE_NOT_FOUND", `${MANIFEST}manifest unknown: manifest unknown`],
    ["ARC_IMAGE_NOT_FOUND", `${MANIFEST}name unknown`],
    ["ARC_IMAGE_NOT_FOUND", `${MANIFEST}StatusCode: 404, nothing here`],
    [
      "ARC_IMAGE_NOT_FOUND",
      `reading blob ${DIGEST}: Error fetching blob: invalid status code from registry 404 (Not Found)`,
    ],
    ["ARC_IMAGE_NOT_FOUND", "repository name must be lowercase"],
    [
      "ARC_IMAGE_NOT_FOUND",
      'choosing an image from manifest list docker://registry.example/app:1: no image found in manifest list for architecture arm64, variant "v8", OS linux',
    ],
    ["ARC_IMAGE_DENIED", `${MANIFEST}unauthorized`],
    ["ARC_IMAGE_DENIED", `${MANIFEST}unauthorized: authentication required`],
    ["ARC_IMAGE_DENIED", `${MANIFEST}denied`],
    ["ARC_IMAGE_DENIED", `${MANIFEST}denied: requested access to the resource is denied`],
    ["ARC_IMAGE_DENIED", `${MANIFEST}received unexpected HTTP status: 403 Forbidden`],
    ["ARC_IMAGE_DENIED", `${AT}unable to retrieve auth token: invalid username/password: unauthorized`],
    ["ARC_REGISTRY_LIMITED", `${MANIFEST}toomanyrequests: You have reached your pull rate limit.`],
    ["ARC_REGISTRY_LIMITED", `${AT}too many requests to registry`],
    ["ARC_REGISTRY_DNS", `${PING}dial tcp: lookup registry.example: no such host`],
    ["ARC_REGISTRY_DNS", `${PING}dial tcp: lookup registry.example on 127.0.0.53:53: server misbehaving`],
    [
      "ARC_REGISTRY_DNS",
      `${PING}dial tcp: lookup registry.example on 192.0.2.53:53: dial udp 192.0.2.53:53: connect: network is unreachable`,
    ],
    ["ARC_REGISTRY_DNS", `${PING}dial tcp: lookup registry.example on 192.0.2.53:53: read udp: i/o timeout`],
    ["ARC_REGISTRY_REFUSED", `${PING}dial tcp 127.0.0.1:5009: connect: connection refused`],
    ["ARC_REGISTRY_REFUSED", `${PING}dial tcp 192.0.2.1:443: connect: network is unreachable`],
    ["ARC_REGISTRY_REFUSED", `${PING}dial tcp 192.0.2.1:443: i/o timeout`],
    ["ARC_REGISTRY_REFUSED", `${PING}net/http: TLS handshake timeout`],
    ["ARC_REGISTRY_REFUSED", `${AT}Get "https://registry.example/v2/app/manifests/1": EOF`],
    [
      "ARC_REGISTRY_REFUSED",
      'writing blob: storing blob to file "/var/tmp/storage1/1": happened during read: unexpected EOF',
    ],
    ["ARC_REGISTRY_TLS", `${PING}x509: certificate signed by unknown authority`],
    ["ARC_REGISTRY_TLS", `${PING}tls: failed to verify certificate: x509: certificate has expired or is not yet valid`],
    ["ARC_REGISTRY_TLS", `${PING}http: server gave HTTP response to HTTPS client`],
    [
      "ARC_IMAGE_DIGEST",
      `writing blob: setting up to decompress blob: happened during read: Digest did not match, expected ${DIGEST}, got ${DIGEST}`,
    ],
    [
      "ARC_IMAGE_DIGEST",
      `parsing image configuration: Download config.json digest ${DIGEST} does not match expected ${DIGEST}`,
    ],
    [
      "ARC_IMAGE_DIGEST",
      `determining manifest MIME type for docker://registry.example/app@${DIGEST}: Manifest does not match provided manifest digest ${DIGEST}`,
    ],
    [
      "ARC_DISK_FULL",
      `writing blob: adding layer with blob "${DIGEST}": creating layer with ID "4c8c": no space left on device`,
    ],
    [
      "ARC_DISK_FULL",
      'writing blob: storing blob to file "/var/tmp/storage1/2": write /var/tmp/storage1/2: no space left on device',
    ],
    [null, `${MANIFEST}received unexpected HTTP status: 500 Internal Server Error`],
    [null, "something nobody has seen yet"],
  ])("mean %s: %s", (code, text) => {
    expect(registryCode(text)).toBe(code);
  });
});

describe("the words of a failed build", () => {
  it.each<[ErrorCode | null, string]>([
    ["ARC_REGISTRY_REFUSED", `creating build container: ${PING}dial tcp 127.0.0.1:5009: connect: connection refused`],
    ["ARC_IMAGE_NOT_FOUND", `creating build container: ${MANIFEST}manifest unknown`],
    ["ARC_DISK_FULL", 'building at STEP "COPY big /big": write /var/tmp/x: no space left on device'],
    [null, 'building at STEP "RUN curl registry.example": while running runtime: exit status 7'],
    [null, 'building at STEP "RUN echo no space left on device; false": while running runtime: exit status 1'],
    [null, 'building at STEP "RUN echo \\"manifest unknown\\"": while running runtime: exit status 1'],
  ])("mean %s: %s", (code, text) => {
    expect(buildTrouble(text)).toBe(code);
  });
});

describe("a registry that limits is asked again", () => {
  it.each([
    ["toomanyrequests: retry-after: 203.119ms, allowed: 44000/minute", 204],
    ["toomanyrequests: retry-after: 203.119µs, allowed: 44000/minute", 1],
    ["toomanyrequests: retry-after: 1.5s", 1_500],
    ["toomanyrequests: Rate exceeded, try again in 5 minutes", 300_000],
    ["toomanyrequests: retry after 2h", 7_200_000],
    ["toomanyrequests: You have reached your pull rate limit.", LIMITED_RETRY_MS],
    ["toomanyrequests: retry-after: 0s", LIMITED_RETRY_MS],
    [`toomanyrequests: retry-after: ${"9".repeat(400)}h`, 86_400_000],
  ])("after what it says: %s", (text, ms) => {
    expect(limitedRetry(text)).toBe(ms);
  });
});
