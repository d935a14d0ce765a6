const SECRET_NAME = /(SECRET|PASSW|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIAL|DATABASE_URL|ACCESS_KEY)/iu;
/** Names that are about keys without being one. */
const HARMLESS_NAME = /(PUBLIC|_FILE$|_PATH$|_ARN$|_NAME$|_ID$|_TTL$)/iu;

/** Whether a variable of this name usually holds a secret. */
export const isSecretName = (name: string): boolean => SECRET_NAME.test(name) && !HARMLESS_NAME.test(name);
