/** How git is started for a folder that somebody names. */

/**
 * Without what says which repository is meant: git sets these for the programs that a hook of it starts, and another folder, or a folder
 * below the repository's, would be read as that repository.
 */
export function gitEnvironment(): NodeJS.ProcessEnv {
  const ofHook = /^GIT_(DIR|WORK_TREE|INDEX_FILE|PREFIX|COMMON_DIR|NAMESPACE)$/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ofHook.test(name)));
}
