/** Arithmetic on decimal strings, exact: no float ever holds an amount. */

type Scaled = { digits: bigint; places: number };

function read(text: string): Scaled {
  const [whole = "", rest = ""] = text.split(".");
  return { digits: BigInt(whole + rest), places: rest.length };
}

function write({ digits, places }: Scaled): string {
  const sign = digits < 0n ? "-" : "";
  const text = (digits < 0n ? -digits : digits).toString().padStart(places + 1, "0");
  const whole = text.slice(0, text.length - places);
  return sign + (places > 0 ? `${whole}.${text.slice(-places)}` : whole);
}

function aligned(a: string, b: string): [bigint, bigint, number] {
  const [x, y] = [read(a), read(b)];
  const places = Math.max(x.places, y.places);
  const to = (one: Scaled) => one.digits * 10n ** BigInt(places - one.places);
  return [to(x), to(y), places];
}

export function plus(a: string, b: string): string {
  const [x, y, places] = aligned(a, b);
  return write({ digits: x + y, places });
}

export function minus(a: string, b: string): string {
  const [x, y, places] = aligned(a, b);
  return write({ digits: x - y, places });
}

/** Negative, 0 or positive, as `a` is less than, equal to or more than `b`. */
export function compare(a: string, b: string): number {
  const [x, y] = aligned(a, b);
  return x < y ? -1 : x > y ? 1 : 0;
}

/** `amount * numerator / denominator` of two whole numbers, towards zero to the millionth. */
export function scaled(amount: string, numerator: number, denominator: number): string {
  const { digits, places } = read(amount);
  const millionths = (digits * 1_000_000n * BigInt(numerator)) / BigInt(denominator);
  return write({ digits: millionths / 10n ** BigInt(places), places: 6 });
}
