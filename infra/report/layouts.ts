/** The same picture twice: beside each other for a wide page, below each other with numbers for labels for a phone. */
import { layOut, type Layout } from "../picture/layout";
import type { Box, Picture } from "../picture/model";

export interface Layouts {
  readonly wide: Layout;
  readonly tall: Layout;
}

/** Of the placements that ELK knows the narrowest. */
const TALL = {
  "elk.direction": "DOWN",
  "elk.layered.nodePlacement.strategy": "BRANDES_KOEPF",
  "elk.spacing.nodeNode": "10",
  "elk.spacing.edgeNode": "8",
  "elk.layered.spacing.nodeNodeBetweenLayers": "12",
  "elk.layered.spacing.edgeNodeBetweenLayers": "8",
};

export async function layOuts(picture: Picture): Promise<Layouts> {
  const numbered = picture.arrows.map((arrow, index) => ({ ...arrow, label: String(index + 1) }));
  return {
    wide: await wideLayout(picture),
    tall: await layOut({ ...picture, arrows: numbered, beside: column(picture) }, TALL),
  };
}

/** Of two the narrower one: which that is depends on the picture. */
export async function wideLayout(picture: Picture): Promise<Layout> {
  const whole = { ...picture, beside: rows(spareOf(picture)) };
  const [one, other] = [await layOut(whole), await layOut(whole, {}, true)];
  return other.width < one.width ? other : one;
}

type Pair = readonly [string, string];

const flat = (boxes: readonly Box[]): Box[] => boxes.flatMap((box) => [box, ...flat(box.children)]);

/** Subnets in which nothing stands, by the box around them. */
function spareOf({ boxes }: Picture): string[][] {
  return flat(boxes).map(({ children }) =>
    children.filter(({ kind, children: own }) => kind !== "host" && kind !== "zone" && own.length === 0).map(({ id }) => id),
  );
}

/** In a row, as those with hosts are. */
const rows = (groups: readonly (readonly string[])[]): Pair[] =>
  groups.flatMap((ids) => ids.slice(1).map((id, index): Pair => [ids[index] ?? id, id]));

/** Below the host that a packet reaches last, one below the other: beside it they would make the picture wider than a phone. */
function column(picture: Picture): Pair[] {
  const leaves = new Set(picture.arrows.filter(({ outward }) => !outward).map(({ from }) => from));
  return picture.boxes.flatMap((box) => {
    const hosts = flat([box]).filter(({ kind }) => kind === "host");
    const ends = hosts.filter(({ id }) => !leaves.has(id));
    const spare = spareOf({ ...picture, boxes: [box] }).flat();
    const chain = [...(ends.length > 0 ? ends : hosts).slice(-1).map(({ id }) => id), ...spare];
    return chain.slice(1).map((id, index): Pair => [chain[index] ?? id, id]);
  });
}
