export interface Random {
  /** 0 <= x < 1, for jitter. */
  fraction(): number;
  /** Cryptographically strong. */
  bytes(count: number): Uint8Array;
}
