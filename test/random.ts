/** Numbers by chance from a fixed seed, for tests that draw what they try. */
import { seededRandom } from "../models-manifest/sample/random";

/** Numbers from 0 up to and without 1. */
export const numbers = (seed: number): (() => number) => seededRandom(seed).uniform;
