/** The VPC's name server, as far as machines need it: names of S3 and of the other services here, and the machines' own EC2 names. Pure. */

import { PARTITIONS } from "../../../infra/partitions";

const TYPE_A = 1;
/** Before the suffix: with or without a bucket, with or without a region; of the others, with a region. Route 53 has none. */
const HERE = /(^|\.)s3\.([a-z0-9-]+\.)?$|^(ssm|autoscaling|monitoring|logs)\.[a-z0-9-]+\.$|^route53\.$/;

/** Names of a private zone, which lead here as well. */
export type Zone = readonly string[];

/** @returns the address for a name, or undefined when there is none */
export function resolve(name: string, here: string, zone: Zone = []): string | undefined {
  const lower = name.toLowerCase();
  if (zone.includes(lower)) return here;
  if (PARTITIONS.some(({ dnsSuffix }) => lower.endsWith(`.${dnsSuffix}`) && HERE.test(lower.slice(0, -dnsSuffix.length)))) return here;
  const own = /^ip-(\d+)-(\d+)-(\d+)-(\d+)(\.ec2\.internal)?$/.exec(lower);
  return own === null ? undefined : own.slice(1, 5).join(".");
}

/** Answers one query datagram. Unknown names do not exist; other types than A are empty. @returns undefined for what is no query */
export function answer(query: Buffer, here: string, zone: Zone = []): Buffer | undefined {
  if (query.length < 17) return undefined;
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0 && at < query.length; length = query[at] ?? 0) {
    labels.push(query.subarray(at + 1, at + 1 + length).toString("latin1"));
    at += length + 1;
  }
  const questionEnd = at + 5;
  const address = resolve(labels.join("."), here, zone);
  const give = address !== undefined && query.readUInt16BE(at + 1) === TYPE_A;
  const header = Buffer.from(query.subarray(0, 12));
  // Response, recursion available; status 3 says that the name does not exist.
  header.writeUInt16BE(0x8180 | (address === undefined ? 3 : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(give ? 1 : 0, 6);
  header.writeUInt32BE(0, 8);
  const parts = [header, query.subarray(12, questionEnd)];
  if (give) {
    const record = Buffer.from([0xc0, 0x0c, 0, TYPE_A, 0, 1, 0, 0, 0, 60, 0, 4, ...address.split(".").map(Number)]);
    parts.push(record);
  }
  return Buffer.concat(parts);
}
