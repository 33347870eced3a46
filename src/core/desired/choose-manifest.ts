import { formatProblem, type Problem } from "../errors/problem.ts";
import type { AppId } from "../ids.ts";
import type { AppFolder, Manifest } from "../manifest/manifest.ts";
import type { Result } from "../result.ts";
import { isOlder } from "../manifest/compare-versions.ts";
import { sha256 } from "../spec/digest.ts";

/** A folder and what parsing it gave. */
export interface ParsedFolder {
  readonly folder: AppFolder;
  /** Names everything in the folder that counts; see folderDigest. */
  readonly digest: string;
  readonly manifest: Result<Manifest>;
}

/** Which of an app's two descriptions counts: the catalogue's or the accepted copy. */
export type ManifestChoice =
  | {
      readonly kind: "chosen";
      readonly manifest: Manifest;
      readonly folder: AppFolder;
      readonly acceptDue: boolean;
      readonly accepted: boolean;
      /** What the accepted copy says; null: there is none, or it can't be read any more. */
      readonly before: Manifest | null;
      /** The accepted copy stands in for one that can't be read or is gone: nobody asked for it. */
      readonly standsIn: boolean;
      readonly available: string | null;
      readonly notices: readonly string[];
    }
  | { readonly kind: "invalid"; readonly problems: readonly Problem[] };

/** Hex sha256 over every file's path, mode and content. */
export function folderDigest(folder: AppFolder): string {
  const files = [...folder.files].map(([path, file]) => [path, file.mode, file.digest] as const);
  files.sort(([a], [b]) => (a < b ? -1 : 1));
  return sha256(JSON.stringify([folder.manifestText, files]));
}

/** How the owner wants updates of one app to come. */
export interface UpdateWish {
  readonly updates: "manual" | "automatic";
  /** The version that node.yml asks for; absent: whichever `updates` leads to. */
  readonly version?: string | undefined;
}

/**
 * A catalogue that is broken, gone or ahead never leaves a running app without a description: it goes on from the
 * accepted copy, with a notice. A version that node.yml names counts; without one, under manual updates, a changed version
 * waits. Every other edit of a manifest counts at once.
 */
export function chooseManifest(
  app: AppId,
  catalogue: ParsedFolder | undefined,
  accepted: ParsedFolder | undefined,
  wish: UpdateWish,
): ManifestChoice {
  const kept = accepted?.manifest.ok ? { folder: accepted.folder, manifest: accepted.manifest.value } : null;
  const before = kept?.manifest ?? null;
  if (catalogue?.manifest.ok) {
    const manifest = catalogue.manifest.value;
    const wanted = wish.version ?? (wish.updates === "manual" ? kept?.manifest.version : undefined);
    if (wanted !== undefined && wanted !== manifest.version) {
      if (!kept) return unknownVersion(app, wanted, manifest.version);
      const is = kept.manifest.version;
      const missing = wanted === is ? "" : `; version ${wanted}, which node.yml wants, is neither there nor accepted`;
      return {
        ...kept,
        kind: "chosen",
        acceptDue: false,
        accepted: true,
        before,
        standsIn: false,
        available: isOlder(is, manifest.version) ? manifest.version : null,
        notices: [`${offerOf(manifest.version, is)}${missing}`],
      };
    }
    return {
      kind: "chosen",
      manifest,
      folder: catalogue.folder,
      acceptDue: accepted?.digest !== catalogue.digest,
      accepted: accepted !== undefined,
      before,
      standsIn: false,
      available: null,
      notices: [],
    };
  }
  if (kept) {
    const why =
      catalogue && !catalogue.manifest.ok
        ? catalogue.manifest.problems.map(formatProblem)
        : [`${app} is no longer in the catalogue; it goes on from its accepted copy`];
    const standIn = { acceptDue: false, accepted: true, standsIn: true, available: null } as const;
    return { ...kept, ...standIn, kind: "chosen", before, notices: why };
  }
  if (catalogue && !catalogue.manifest.ok) return { kind: "invalid", problems: catalogue.manifest.problems };
  return {
    kind: "invalid",
    problems: [
      {
        code: "ARC_APP_UNKNOWN",
        message: `${app} is wanted by node.yml, but it is neither in the catalogue nor accepted on this node`,
      },
    ],
  };
}

/** An older one is never offered: what a newer one has written it may not understand. */
function offerOf(version: string, is: string): string {
  return isOlder(is, version)
    ? `version ${version} is available; ${is} runs until it is updated`
    : `the catalogue has version ${version}, which is older than ${is} that runs`;
}

function unknownVersion(app: AppId, wanted: string, there: string): ManifestChoice {
  return {
    kind: "invalid",
    problems: [
      {
        code: "ARC_APP_UNKNOWN",
        message: `version ${wanted} of ${app} is wanted by node.yml; the catalogue has ${there}`,
        path: `apps.${app}.version`,
      },
    ],
  };
}
