/** Which files are secret by their name. */

const SECRET_FILES = [
  /^\.env(\..+)?$/,
  /^.+\.env$/,
  /^id_(rsa|dsa|ecdsa|ed25519)(_sk)?$/,
  /\.(pem|key|p12|pfx|jks|keystore|ppk|kdbx|ovpn)$/i,
  /(private|secret|secring).*\.(gpg|asc)$/i,
  /^\.?(netrc|pgpass|pypirc|htpasswd|git-credentials|my\.cnf|vault[-_]?pass(word)?(\.txt)?|dockerconfigjson)$/,
  /^(credentials|secrets?|secret[-_]?keys?|passwords?|tokens?)(\.(json|ya?ml|toml|ini|txt|env|csv|enc))?$/i,
  /^(service[-_]?account|client[-_]secret|gcp[-_]?key|firebase-adminsdk).*\.json$/i,
  /^(kubeconfig|.+\.kubeconfig)$/,
  /\.tfvars(\.json)?$/,
  /\.tfstate(\.backup)?$/,
  /^terraform\.tfstate/,
];
/** The public half of a pair, certificates, and files that only show the form. */
const HARMLESS = [
  /\.(example|sample|template|tmpl|tpl|dist|defaults?|schema|mustache|j2|md|test|spec)$/i,
  /^\.?env\.(example|sample|template|dist|defaults?|test|ci|schema)$/i,
  /^(example|sample|template|default)s?\.env$/i,
  /(^|[-_.])(pub|public|cert|certs|certificate|chain|fullchain|ca|ca-bundle|bundle|cacert|crt|root|rds|global-bundle)([-_.][^/]*)?\.(pem|key|asc|gpg)$/i,
];

/** True for .env, private keys, credential and state files; false for .env.example, certificates and public keys. */
export function isSecretFile(path: string): boolean {
  const name = path.split(/[\\/]/).pop() ?? path;
  if (HARMLESS.some((pattern) => pattern.test(name))) return false;
  return SECRET_FILES.some((pattern) => pattern.test(name)) || /(^|[\\/])\.(aws|ssh)[\\/](credentials|config|id_[a-z0-9]+)$/.test(path);
}
