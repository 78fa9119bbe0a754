/**
 * A histogram of the weights of one layer: the host dequantizes them, a few thousand at a time, into this guest's memory.
 *
 * histogram(layer) goes over all tensors of a layer twice: for the smallest and the largest value, and to count values in
 * 16 bins of equal width between them. It logs a line a bin and returns how many values there were, or a code of the
 * interface (negative). run() is histogram(0). Bin of a value, in f32: trunc((value - smallest) * (16 / (largest -
 * smallest))), at most 15; values that are not finite are in none.
 */
import {
  BAD_ARGUMENT, NOT_FOUND, Tensor, layer_acquire, layer_release, layer_tensor_at, log, tensor_dequantize,
} from "../include/wasmchord";

const BINS: i32 = 16;
const CHUNK: i32 = 4096; // a multiple of every block size
const DEADLINE_MS: i32 = 60000;
const WIDTH: i64 = 40; // of the longest bar

// Static memory: nothing is allocated, so nothing needs a collector.
const tensor: Tensor = changetype<Tensor>(memory.data(offsetof<Tensor>()));
const values: usize = memory.data(CHUNK << 2, 16);
const counts: usize = memory.data(BINS << 3, 8);
const line: usize = memory.data(128);

let smallest: f32 = 0;
let largest: f32 = 0;
let length: i32 = 0; // of the line

/** Copies a string of ASCII to the end of the line. */
function append(text: string): void {
  for (let i = 0; i < text.length; i++) store<u8>(line + length++, <u8>text.charCodeAt(i));
}

function appendCharacter(character: i32): void {
  store<u8>(line + length++, <u8>character);
}

/** A number with five places, right-aligned in ten columns. */
function appendValue(value: f32): void {
  let scaled = <i64>nearest(abs(<f64>value) * 100000);
  const start = length + 10;
  let at = start;
  for (let digit = 0; digit < 7 || scaled > 0; digit++) {
    if (at == length) break;
    if (digit == 5) {
      store<u8>(line + --at, 0x2e);
      continue;
    }
    store<u8>(line + --at, <u8>(0x30 + scaled % 10));
    scaled /= 10;
  }
  if (value < 0 && at > length) store<u8>(line + --at, 0x2d);
  while (at > length) store<u8>(line + --at, 0x20);
  length = start;
}

function appendCount(count: i64): void {
  const end = length + 12;
  let at = end;
  do {
    store<u8>(line + --at, <u8>(0x30 + count % 10));
    count /= 10;
  } while (count > 0 && at > length);
  while (at > length) store<u8>(line + --at, 0x20);
  length = end;
}

function flush(): void {
  appendCharacter(0x0a);
  log(line, length);
  length = 0;
}

function countOf(bin: i32): i64 {
  return load<i64>(counts + (<usize>bin << 3));
}

/** Looks at the values of one chunk: the first pass for their range, the second for their bins. */
function look(count: i32, isSecond: bool): void {
  const scale: f32 = largest > smallest ? <f32>BINS / (largest - smallest) : 0;
  for (let i = 0; i < count; i++) {
    const value = load<f32>(values + (<usize>i << 2));
    if (!isFinite(value)) continue;
    if (!isSecond) {
      smallest = min(smallest, value);
      largest = max(largest, value);
      continue;
    }
    const bin = min(BINS - 1, <i32>((value - smallest) * scale));
    store<i64>(counts + (<usize>bin << 3), countOf(bin) + 1);
  }
}

/** One pass over the tensors of an acquired layer; the number of their values, or a code. */
function pass(layer: i32, isSecond: bool): i64 {
  let total: i64 = 0;
  for (let index = 0; ; index++) {
    const code = layer_tensor_at(layer, index, changetype<usize>(tensor));
    if (code == NOT_FOUND) break; // past the last
    if (code < 0) return code;
    const count = tensor.ne0 * tensor.ne1 * tensor.ne2 * tensor.ne3;
    const chunkBytes = CHUNK * tensor.bytes / count; // of a whole one
    let address = tensor.address;
    for (let left = count; left > 0; left -= CHUNK, address += chunkBytes) {
      const here = <i32>min<i64>(CHUNK, left);
      const read = tensor_dequantize(address, tensor.type, here, values);
      if (read < 0) return read;
      look(here, isSecond);
    }
    total += count;
  }
  return total;
}

function report(): void {
  let most: i64 = 1;
  for (let bin = 0; bin < BINS; bin++) most = max(most, countOf(bin));
  const width = (largest - smallest) / <f32>BINS;
  for (let bin = 0; bin < BINS; bin++) {
    appendValue(smallest + <f32>bin * width);
    append(" to ");
    appendValue(smallest + <f32>(bin + 1) * width);
    appendCount(countOf(bin));
    if (countOf(bin) > 0) appendCharacter(0x20);
    for (let bar = (countOf(bin) * WIDTH + most - 1) / most; bar > 0; bar--) appendCharacter(0x23);
    flush();
  }
}

function histogramOfAcquired(layer: i32): i64 {
  smallest = f32.MAX_VALUE;
  largest = -f32.MAX_VALUE;
  memory.fill(counts, 0, <usize>BINS << 3);
  const found = pass(layer, false);
  if (found <= 0) return found == 0 ? NOT_FOUND : found;
  const total = pass(layer, true);
  if (total >= 0) report();
  return total;
}

/** Counts a layer's values; how many there are, or a code. */
export function histogram(layer: i32): i64 {
  const address = layer_acquire(layer, DEADLINE_MS);
  if (address < 0) return address;
  const total = histogramOfAcquired(layer);
  const released = layer_release(layer);
  return released < 0 ? released : total;
}

/** The first block. */
export function run(): i64 {
  return histogram(0);
}

/** Bins of the last histogram. */
export function bin_count(): i32 {
  return BINS;
}

/** Values in a bin of the last histogram. */
export function bin(index: i32): i64 {
  return index >= 0 && index < BINS ? countOf(index) : BAD_ARGUMENT;
}

/** Where the first bin begins. */
export function range_start(): f32 {
  return smallest;
}

/** Where the last bin ends. */
export function range_end(): f32 {
  return largest;
}
