"""What the host's pip is configured with, as environment for pip and for uv, which reads no pip.conf.

  pip-settings.py FILE SECRETS   standard library only, isolated (-I -S); PIP_* of the environment come before /etc/pip.conf, as with pip

Writes FILE, an EnvironmentFile of systemd, and SECRETS, the passwords in its addresses, in the same form. Prints `beyond NAME` for each setting that uv cannot follow
(pip has to install then), and `option OPTION` for one that uv takes on its command line only.
"""

import configparser
import os
import re
import sys
from urllib.parse import unquote

FILES = ("/etc/xdg/pip/pip.conf", "/etc/pip.conf")
SECTIONS = ("global", "install", "download")
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"

# pip's name -> uv's variable
TRANSLATED = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
    "proxy": "ALL_PROXY",
}
# Options that add to what was said before; pip separates their values by blanks, uv the folders by commas.
LISTS = ("extra-index-url", "find-links", "trusted-host")
# These decide how pip talks or waits, not what it installs.
WITHOUT_EFFECT = (
    "disable-pip-version-check no-python-version-warning timeout default-timeout retries progress-bar no-cache-dir cache-dir no-input "
    "no-color quiet verbose log root-user-action no-warn-script-location break-system-packages require-virtualenv user compile no-compile "
    "no-warn-conflicts prefer-binary use-feature keyring-provider config-file"
).split()


def settings(environment):
    """What pip would follow: name -> value, with lists as one text."""
    found = {}
    for path in FILES:
        parser = configparser.RawConfigParser()
        parser.read(path, encoding="utf-8")
        for section in SECTIONS:
            if parser.has_section(section):
                found.update((name.replace("_", "-"), " ".join(value.split())) for name, value in parser.items(section))
    for name, value in environment.items():
        if name.startswith("PIP_"):
            found[name[4:].lower().replace("_", "-")] = value
    return found


def is_yes(value):
    return value.lower() in ("1", "true", "yes", "on", "y", "t")


def for_uv(found):
    variables, says = {"SSL_CERT_FILE": CERTIFICATES}, []
    for name, value in found.items():
        if name == "no-index":
            says.extend(["option --no-index"] if is_yes(value) else [])
        elif name in TRANSLATED:
            variables[TRANSLATED[name]] = ",".join(value.split()) if name == "find-links" else value
        elif name not in WITHOUT_EFFECT:
            says.append(f"beyond {name}")
    # pip takes the best version of all its indexes; uv by default looks no further than the first that has the package.
    if "UV_INDEX" in variables or "UV_FIND_LINKS" in variables:
        variables["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return variables, says


def passwords(found):
    """Those that stand in addresses, as they are written there and as they are meant."""
    written = [match for value in found.values() for match in re.findall(r"://[^\s/@:]*:([^\s/@]+)@", value)]
    # Most tokens are the user's name, with a word or nothing as the password.
    written += [match for value in found.values() for match in re.findall(r"://([^\s/@:]{12,})(?::[^\s/@]*)?@", value)]
    return sorted({form for one in written for form in (one, unquote(one))})


def quoted(value):
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def main(target, secrets):
    found = settings(os.environ)
    variables, says = for_uv(found)
    variables.update(("PIP_" + name.upper().replace("-", "_"), value) for name, value in found.items())
    variables.update(PIP_CONFIG_FILE="/dev/null", PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1", PIP_NO_CACHE_DIR="1")
    variables.update(UV_NO_CONFIG="1", UV_PYTHON_DOWNLOADS="never", UV_NO_PROGRESS="1", UV_CACHE_DIR="/home/ddos/cache", UV_LINK_MODE="hardlink")
    # Memory is scarce on small instances, and a mirror has its limits.
    variables.update(UV_CONCURRENT_BUILDS="1", UV_CONCURRENT_DOWNLOADS="8", UV_HTTP_TIMEOUT="30", UV_HTTP_RETRIES="3", NO_COLOR="1")
    with open(target, "w", encoding="utf-8") as file:
        file.writelines(f"{name}={quoted(value)}\n" for name, value in sorted(variables.items()))
    with open(secrets, "w", encoding="utf-8") as file:
        file.writelines(f"PASSWORD_{number}={quoted(value)}\n" for number, value in enumerate(passwords(found), 1))
    for line in says:
        print(line)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
