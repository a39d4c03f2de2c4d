/** How a property runs: as asked, or as FC_SEED (and FC_PATH, for one case of it) say, which a failure prints. */
export function replayable<Settings extends object>(settings: Settings): Settings & { seed?: number; path?: string } {
  const { FC_SEED, FC_PATH } = process.env;
  return {
    ...settings,
    ...(FC_SEED === undefined ? {} : { seed: Number(FC_SEED) }),
    ...(FC_PATH === undefined ? {} : { path: FC_PATH }),
  };
}
