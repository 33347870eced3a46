import { expect, it } from "vitest";
import { processLimits } from "./process-limits.ts";

const limits = (nofile: string, nproc: string): string =>
  `Limit                     Soft Limit           Hard Limit           Units
Max processes             1000                 ${nproc}                processes
Max open files            1024                 ${nofile}               files
`;

it.each([
  ["20000", "96365", "32768\n", { nofile: 20_000, nproc: 32_768 }],
  ["unlimited", "unlimited", "4194304", { nofile: 1_048_576, nproc: 1_048_576 }],
  ["524288", "512", "32768", { nofile: 524_288, nproc: 512 }],
])("hard limits %s and %s with pid_max %s allow %o", (nofile, nproc, pidMax, expected) => {
  expect(processLimits(limits(nofile, nproc), pidMax)).toEqual(expected);
});
