/** The architecture, who may reach whom, and what blocks the rest. Pure. */
import { drawing } from "./drawing";
import type { Layouts } from "./layouts";
import { html, type Html } from "./html";
import { badge, note, position, section, table, type Cell, type Tone } from "./parts";
import { namesOf, type Picture } from "../picture/model";
import type { ReachRow, Report } from "./types";

export function architectureSection({ project, stack, network }: Report, { wide, tall }: Layouts): Html {
  const { picture, notes } = network;
  const title = `What the stack ${stack} of ${project} registers, and who may reach whom`;
  const body =
    picture.boxes.length === 0
      ? note("The program registers nothing that has a place in a network: no VPC, no host, no bucket.")
      : html`<div class="canvas wide" tabindex="0" role="group" aria-label="Picture, scrolls sideways where it is wider than the page">
            ${drawing({ id: "wide", title, picture, layout: wide, widest: 1500 })}
          </div>
          <div class="canvas tall" tabindex="0" role="group" aria-label="Picture, scrolls sideways where it is wider than the page">
            ${drawing({ id: "tall", title, picture, layout: tall, widest: 420 })}
          </div>
          ${keys(picture)}${LEGEND}`;
  return section("architecture", "Architecture", body, html`${notes.map(note)}`);
}

/** On a phone the arrows have numbers, since their labels would make the picture wider than the screen. */
function keys(picture: Picture): Html {
  const names = namesOf(picture);
  return html`<ol class="keys">
    ${picture.arrows.map(
      ({
        from,
        to,
        label,
        outward,
      }) => html`<li${outward ? html` class="out"` : undefined}>${names.get(from)} to ${names.get(to)}: ${label}</li>
`,
    )}
  </ol> `;
}

const LEGEND = html`<ul class="legend">
  <li>
    <svg aria-hidden="true" width="34" height="10">
      <path class="way" d="M1 5H26" />
      <path class="tip" d="M25 1 33 5 25 9z" />
    </svg>
    is let in
  </li>
  <li>
    <svg aria-hidden="true" width="34" height="10">
      <path class="way out" d="M1 5H26" />
      <path class="tip out" d="M25 1 33 5 25 9z" />
    </svg>
    goes out by itself
  </li>
  <li><span class="swatch public"></span> public subnet: a route to an internet gateway</li>
  <li><span class="swatch private"></span> private subnet: none</li>
</ul> `;

export function reachSection({ network }: Report): Html {
  const { arrows, blocked, doors } = network;
  return section(
    "reach",
    "Who may reach whom",
    html`<p>
      The same as the arrows of the picture. Each path is what the policy pack finds when it follows a packet through the layers that stand
      in its way: route, address, network ACL, security group.
    </p> `,
    arrows.length === 0
      ? note("No rule of the program lets anything in or out.")
      : table("Reachability, with the path behind each", ["From", "To", "Ports", "Verdict", "Path"], arrows.map(row)),
    doors.length === 0
      ? undefined
      : html`<h3 id="doors">What is open to anybody, and why</h3>
          <ul>
            ${doors.map((one) => html`<li>${one}</li> `)}
          </ul> `,
    html`<h3 id="blocked">What blocks the rest</h3> `,
    blocked.length === 0
      ? note("Nothing to say: the program has no host whose place and security groups are known.")
      : table("Packets that get nowhere, and the layers that stop them", ["From", "To", "Ports", "Stopped by"], blocked.map(blockedRow)),
  );
}

const VERDICT: Readonly<Record<ReachRow["verdict"], readonly [Tone, string]>> = {
  open: ["good", "open"],
  rule: ["calm", "by rule"],
  unknown: ["warn", "not known"],
  blocked: ["calm", "blocked"],
};

const row = ({ from, to, ports, verdict, outward, paths, source }: ReachRow): Cell[] => [
  from,
  to,
  html`<span class="ports">${ports}</span>`,
  badge(...VERDICT[verdict]),
  html`${outward ? html`<span class="kind">goes out by itself</span>` : undefined}${paths.map(path)}${position(source)}`,
];

const blockedRow = ({ from, to, ports, paths, source }: ReachRow): Cell[] => [
  from,
  to,
  html`<span class="ports">${ports}</span>`,
  html`${paths.map(path)}${position(source)}`,
];

/** Hops one behind the other; the arrows between them are for the eye. */
function path(text: string): Html {
  const hops = text.split(" -> ").map((hop) => html`<span class="hop">${hop}</span>`);
  return html`<span class="path">${hops}</span>`;
}
