/**
 * `--name=value`, and `-name=value` where the name is a plain word: a value may stick to an option of one dash
 * (`-pSGVsbG8=`), never to one of two.
 */
const OPTION = /^(--[A-Za-z][\w.-]*|-[a-z]+)=/;

/**
 * Arguments of a foreign command line as they may be shown. A shell script hands out passwords there
 * (`-rpcpassword=...`), so only what is known from elsewhere is shown whole; of an option, its name.
 */
export function masked(args: readonly string[], known: Iterable<string>): readonly string[] {
  const plain = new Set(known);
  return args.map((arg) => {
    if (plain.has(arg)) return arg;
    const option = OPTION.exec(arg);
    if (option) return `${option[1]}=(set)`;
    return /^--[a-z][\w-]*$/.test(arg) ? arg : "(another)";
  });
}
