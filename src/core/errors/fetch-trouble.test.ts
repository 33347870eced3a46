import { describe, expect, it } from "vitest";
import type { ErrorCode } from "./codes.ts";
import { fetchTrouble, type FetchTrouble } from "./fetch-trouble.ts";

describe("trouble with an image", () => {
  it.each<[ErrorCode, FetchTrouble]>([
    ["ARC_IMAGE_NOT_FOUND", "permanent"],
    ["ARC_IMAGE_DENIED", "permanent"],
    ["ARC_IMAGE_DIGEST", "permanent"],
    ["ARC_IMAGE_BUILD", "permanent"],
    ["ARC_IMAGE_PULL", "passing"],
    ["ARC_REGISTRY_LIMITED", "passing"],
    ["ARC_REGISTRY_DNS", "passing"],
    ["ARC_REGISTRY_REFUSED", "passing"],
    ["ARC_REGISTRY_TLS", "passing"],
    ["ARC_REGISTRY_SILENT", "passing"],
    ["ARC_DISK_FULL", "passing"],
    ["ARC_ENGINE_TIMEOUT", "passing"],
    ["ARC_ENGINE_UNAVAILABLE", "passing"],
    ["ARC_INTERNAL", "passing"],
  ])("%s is %s", (code, trouble) => {
    expect(fetchTrouble(code)).toBe(trouble);
  });
});
