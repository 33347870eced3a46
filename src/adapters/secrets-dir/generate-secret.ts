import { createHmac } from "node:crypto";
import { encodeBase64, hash } from "bcryptjs";
import type { SecretGenerator } from "../../core/manifest/manifest-schema.ts";
import { assertNever } from "../../core/result.ts";
import type { Random } from "../../ports/random.ts";

type RandomGenerator = Extract<SecretGenerator, { generate: "random" }>;
type Derivation = Extract<SecretGenerator, { derive: string }>;

const ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/**
 * A fresh secret. hex and base64 encode `bytes` random bytes, so the text is longer; alphanumeric is that many
 * characters, since it is asked for where a length is what the reader checks.
 */
export function randomSecret(generator: RandomGenerator, random: Random): string {
  switch (generator.encoding) {
    case "hex":
      return Buffer.from(random.bytes(generator.bytes)).toString("hex");
    case "base64":
      return Buffer.from(random.bytes(generator.bytes)).toString("base64");
    case "alphanumeric":
      return alphanumeric(generator.bytes, random);
    default:
      return assertNever(generator.encoding);
  }
}

/** What a service is given in place of the secret itself. bcrypt looks at the first 72 bytes of `base` alone. */
export function derivedSecret(derivation: Derivation, base: string, random: Random): Promise<string> {
  switch (derivation.derive) {
    case "bcrypt": {
      const cost = String(derivation.cost).padStart(2, "0");
      return hash(base, `$2b$${cost}$${encodeBase64(random.bytes(16), 16)}`);
    }
    case "rpcauth":
      return Promise.resolve(rpcauth(derivation.user, base, Buffer.from(random.bytes(16)).toString("hex")));
    default:
      return assertNever(derivation);
  }
}

/** The value of Bitcoin Core's `rpcauth=`, as its share/rpcauth/rpcauth.py makes it. `salt` is hex text. */
export function rpcauth(user: string, password: string, salt: string): string {
  return `${user}:${salt}$${createHmac("sha256", salt).update(password, "utf8").digest("hex")}`;
}

/** By rejection: taking every byte modulo 62 would favour the first eight letters. */
function alphanumeric(length: number, random: Random): string {
  const limit = 256 - (256 % ALPHANUMERIC.length);
  let text = "";
  while (text.length < length) {
    for (const byte of random.bytes(length - text.length)) {
      if (byte < limit) text += ALPHANUMERIC.charAt(byte % ALPHANUMERIC.length);
    }
  }
  return text;
}
