/** What a host ends up with: files, owners, units, and what the set-up runs. */
import type { Policy } from "../../core/types";
import { policy as applicationOnLoopback } from "./application-on-loopback";
import { policy as backendThroughBastion } from "./backend-through-bastion";
import { policy as codeFileMode } from "./code-file-mode";
import { policy as deleteKeepsModels } from "./delete-keeps-models";
import { policy as directoryMode } from "./directory-mode";
import { policy as envFileMode } from "./env-file-mode";
import { policy as envFileOwner } from "./env-file-owner";
import { policy as homeOwnership } from "./home-ownership";
import { policy as hostKeyChecked } from "./host-key-checked";
import { policy as gatewayForwardsOnlyByNginx } from "./gateway-forwards-only-by-nginx";
import { policy as hostSetupOpensNoTunnel } from "./host-setup-opens-no-tunnel";
import { policy as hostSetupPresent } from "./host-setup-present";
import { policy as hostSetupReadable } from "./host-setup-readable";
import { policy as modelsReadOnly } from "./models-read-only";
import { policy as nginxSafe } from "./nginx-safe";
import { policy as noHiddenErrors } from "./no-hidden-errors";
import { policy as noImperativeAws } from "./no-imperative-aws";
import { policy as noPasswordLogin } from "./no-password-login";
import { policy as noRemoteCode } from "./no-remote-code";
import { policy as noRunAtPreview } from "./no-run-at-preview";
import { policy as pinnedPythonPackages } from "./pinned-python-packages";
import { policy as scriptOutputKeepsSecrets } from "./script-output-keeps-secrets";
import { policy as secretFileWindow } from "./secret-file-window";
import { policy as serviceNotRoot } from "./service-not-root";
import { policy as strictShell } from "./strict-shell";
import { policy as tlsVerified } from "./tls-verified";

export const policies: Policy[] = [
  envFileMode,
  envFileOwner,
  secretFileWindow,
  codeFileMode,
  directoryMode,
  homeOwnership,
  modelsReadOnly,
  deleteKeepsModels,
  serviceNotRoot,
  applicationOnLoopback,
  nginxSafe,
  noImperativeAws,
  noRemoteCode,
  pinnedPythonPackages,
  tlsVerified,
  hostKeyChecked,
  noPasswordLogin,
  backendThroughBastion,
  noRunAtPreview,
  scriptOutputKeepsSecrets,
  noHiddenErrors,
  strictShell,
  hostSetupReadable,
  hostSetupPresent,
  hostSetupOpensNoTunnel,
  gatewayForwardsOnlyByNginx,
];
