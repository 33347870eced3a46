/** Does it once more where the first failure has cleared the way for the second, or `clear` does so. */
export async function secondTry<T>(
  act: () => Promise<T>,
  clear: (error: unknown) => boolean | Promise<boolean>,
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(await clear(error))) throw error;
  }
  return act();
}
