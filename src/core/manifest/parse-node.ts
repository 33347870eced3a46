import { failed, ok, type Result } from "../result.ts";
import { checkShape } from "./check-shape.ts";
import { nodeSchema, type NodeConfig } from "./node-schema.ts";
import { ProblemList } from "./problem-list.ts";
import { readYaml } from "./read-yaml.ts";

const CODE = "ARC_NODE_INVALID";

/**
 * Parses node.yml; `file` is its path as messages show it. An empty file is the empty desired state. Fails with
 * everything that is wrong, ARC_NODE_INVALID, each at its line and column. Never throws. Settings are checked against
 * the app's manifest later, by `resolveSettings`.
 */
export function parseNode(text: string, file: string): Result<NodeConfig> {
  const source = readYaml(text, file, CODE);
  if (!source.ok) return source;
  const problems = new ProblemList(source.value, CODE);
  const config = checkShape(nodeSchema, source.value.value ?? {}, problems);
  return config ? ok(config) : failed(...problems.list());
}
