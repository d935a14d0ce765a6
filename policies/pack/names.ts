/** First policy of the pack as the engine sees it: holds the configuration and records inputs. */
export const SETTINGS_POLICY = "settings";
/** Last one: says what ran. */
export const SUMMARY_POLICY = "pack-summary";
