/** Releases of a fleet: brought to the lab's S3 and SSM as the program would, and the user data that starts a host from them. */
import type * as pulumi from "@pulumi/pulumi";
import { fleetBundle, fleetSecrets, type FleetInputs } from "../../../infra/fleet/bundle";
import type { FirstBoot } from "../../../infra/fleet/first-boot";
import type { HostSpec, StepValues } from "../../../infra/release/types";
import type { Lab } from "../lab";
import { labS3 } from "../s3-client";
import { SERVICES } from "../topology";
import { HOOK } from "./group";

export const PARAMETER = "/test/fleet/backend";

export const inputsOf = (spec: HostSpec, { bucket = "", env }: StepValues): FleetInputs => ({
  spec,
  releases: "releases/",
  bucketName: bucket,
  values: () => ({ env }),
});

const resolved = <T>(output: pulumi.Output<T>): Promise<T> => new Promise((resolve) => output.apply(resolve));

/** One more version of the parameter. moto goes by the credential's scope, and checks no signature. */
export async function putParameter(lab: Lab, name: string, value: string): Promise<number> {
  const { status, body } = await lab.fetchFromOutside(`http://${SERVICES.address}/`, {
    method: "POST",
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=operator/20260101/${lab.state().region}/ssm/aws4_request, SignedHeaders=host, Signature=0`,
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "AmazonSSM.PutParameter",
    },
    body: JSON.stringify({ Name: name, Value: value, Type: "SecureString", Overwrite: true }),
  });
  if (status !== 200) throw new Error(`SSM answered ${status}: ${body}`);
  return (JSON.parse(body) as { Version: number }).Version;
}

/** Brings a release. @returns what its hosts start from */
export async function publish(lab: Lab, inputs: FleetInputs): Promise<FirstBoot> {
  const bundle = fleetBundle(inputs);
  const s3 = labS3(lab.name, lab.state().region);
  await s3.createBucket(inputs.bucketName);
  await s3.put(inputs.bucketName, bundle.key, bundle.bytes);
  const version = await putParameter(lab, PARAMETER, await resolved(fleetSecrets(inputs)));
  return {
    role: inputs.spec.role,
    region: lab.state().region,
    bucket: inputs.bucketName,
    bundleKey: bundle.key,
    bundleSha256: bundle.sha256,
    secrets: { parameter: PARAMETER, version },
    hook: HOOK,
  };
}
