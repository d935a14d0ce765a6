/** Made-up secrets, put together at run time so that no scanner of this repository takes them for real ones. */
const join = (...parts: string[]): string => parts.join("");

export const fakes = {
  awsKey: join("AK", "IA", "Q7XK2LM4NP5RS6TU"),
  awsDocumentationKey: join("AK", "IA", "IOSFODNN7EXAMPLE"),
  awsSessionKey: join("AS", "IA", "Q7XK2LM4NP5RS6TU"),
  awsSecret: join("wJalrXUtnFEMI/K7MDENG/", "bPxRfiCYz8h3kQ2Lm9"),
  github: join("gh", "p_", "16C7e42F292c6912E7710c838347Ae178B4a"),
  githubFine: join("github", "_pat_", "11ABCDEFG0aBcDeFgHiJkL_mNoPqRsTuVwXyZ"),
  gitlab: join("glp", "at-", "x8Jk2mNq4rTv6wYz0aBc"),
  slack: join("xo", "xb-", "263594206564-FGqddMF8t08v8N7Oq4i57vs1"),
  stripe: join("sk", "_live_", "4eC39HqLyjWDarjtT1zdp7dc"),
  openai: join("sk", "-proj-", "a8Bd3kLmN0pQrStUvWxYz123456789"),
  openaiOld: join("s", "k-", "T3stKeyA1b2C3d4E5f6G7h8I9j0K1l2"),
  jwt: join("ey", "JhbGciOiJIUzI1NiJ9", ".ey", "JzdWIiOiIxMjM0NTY3ODkwIn0", ".dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"),
  google: join("AI", "za", "SyD3x4mpl3K3yV4lu3Th4tIsL0ngEn0ugh1"),
  huggingFace: join("h", "f_", "AbCdEfGhIjKlMnOpQrStUvWxYzAbCdEfGh"),
  privateKey: join(
    "-----BEGIN OPENSSH ",
    "PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\n-----END OPENSSH ",
    "PRIVATE KEY-----\n",
  ),
  databaseUrl: join("postgresql://ddos:", "h7Gk29fQ", "@db.internal:5432/ddos"),
  cloneUrl: join("https://ci:", "glt0ken9f8e7", "@git.example.org/app.git"),
  password: join("h7Gk", "29fQ"),
} as const;

export const envText = [
  `DATABASE_URL=${fakes.databaseUrl}`,
  `SECRET_KEY=${join("4f9ab1", "c2d3e4f5a6")}`,
  "LOG_LEVEL=info",
  "CACHE_TTL=60",
].join("\n");

/** Texts that look a little like secrets and are none. */
export const harmless: readonly string[] = [
  "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=",
  "e67aac5d2b1c4f6a8e9d0c3b2a1f4e5d6c7b8a9f",
  "git clone --depth 1 https://github.com/sanil0/Api_project.git app && git -C app checkout e67aac5d2b1c4f6a8e9d0c3b2a1f4e5d6c7b8a9f",
  "ami-0123456789abcdef0",
  "arn:aws:secretsmanager:us-east-1:111122223333:secret:ddos/SECRET_KEY-a1b2c3",
  "SECRET_ARN=arn:aws:secretsmanager:us-east-1:111122223333:secret:ddos-a1b2c3",
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0nq5m0hF2m5o8Qv2mYb1tq0pTg3VnJ2oX0l3W4r5aB ops@laptop",
  "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7vbqajDhA3n5m0hF2m5o8Qv2mYb1tq0pTg3VnJ2oX0l3W4r5aBCDEFGHIJ ops",
  "-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJ\n-----END CERTIFICATE-----",
  "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----",
  "grep -q -- '-----BEGIN OPENSSH PRIVATE KEY-----' \"$file\" && exit 1",
  "TOKEN=$(curl -sX PUT http://169.254.169.254/latest/api/token -H 'X-aws-ec2-metadata-token-ttl-seconds: 21600')",
  'curl -s -H "X-aws-ec2-metadata-token: $TOKEN" http://169.254.169.254/latest/meta-data/instance-id',
  "SECRET_KEY=${SECRET_KEY}",
  'export SECRET_KEY="$(cat /run/secrets/key)"',
  "SECRET_KEY=<put yours here>\nDATABASE_PASSWORD=changeme\nAPI_KEY=your-api-key-here",
  "DATABASE_URL=postgresql://${DB_USER}:${DB_PASSWORD}@db/ddos",
  "https://github.com:443/user/repo@v1",
  "git@github.com:sanil0/Api_project.git",
  "ssh://git@github.com/sanil0/Api_project.git",
  "PasswordAuthentication no\nPermitRootLogin prohibit-password\nPubkeyAuthentication yes",
  "EnvironmentFile=/home/ddos/app/.env\nLoadCredential=key:/etc/ddos/key\nUMask=0077",
  "pip install scikit-learn==1.7.2 sk-learn-model-v3-real-benign",
  "def login(token: str, secret_key: SecretStr, password=None):\n    api_key = os.environ['API_KEY']\n    return client(token=token, api_key=settings.api_key)",
  "max_tokens=4096 http_tokens=required token_ttl=3600 NEXT_TOKEN=abcdef123456",
  "KEY_NAME=ddos-key PRIVATE_KEY_PATH=/home/ubuntu/.ssh/id_ed25519 PASSWORD_FILE=/run/secrets/db",
  "hybrid_stage2_model_v3_real_benign.pkl",
  "limit_req_zone $binary_remote_addr zone=api:10m rate=10r/s; proxy_set_header Authorization $http_authorization;",
  "models/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08/hybrid_stage2_model.pkl",
];
