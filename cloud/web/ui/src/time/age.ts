// How old something is, in the words of a catalog.
import type { Translate } from '../i18n/catalog'

const two = (n: number) => String(n).padStart(2, '0')

/** An age in one unit: "12 s", "3 min", "2 h", "4 d". Negative ages read as zero. */
export function age(seconds: number, t: Translate): string {
  const s = Math.max(0, Math.floor(seconds))
  if (s < 60) return t('age.s', { n: s })
  if (s < 3600) return t('age.min', { n: Math.floor(s / 60) })
  if (s < 48 * 3600) return t('age.h', { n: Math.floor(s / 3600) })
  return t('age.d', { n: Math.floor(s / 86400) })
}

/** A length of time, as exact as its unit allows: "0.25 s", "90 s", "1.5 h", "14 d". */
export function length(seconds: number, t: Translate): string {
  const n = (unit: number, digits: number) => Number((seconds / unit).toFixed(digits))
  if (seconds < 120) return t('age.s', { n: n(1, seconds < 10 ? 2 : 1) })
  if (seconds < 7200) return t('age.min', { n: n(60, 1) })
  if (seconds < 48 * 3600) return t('age.h', { n: n(3600, 1) })
  return t('age.d', { n: n(86400, 1) })
}

/** A running clock: "0:42", "12:05", "1:02:03". */
export function elapsed(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds))
  const [h, m] = [Math.floor(s / 3600), Math.floor(s / 60) % 60]
  return h > 0 ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`
}

/** Time of day on the station's wall, 24 hours: "02:13:05", or "02:13". */
export function clockTime(at: Date, seconds = true): string {
  return `${two(at.getHours())}:${two(at.getMinutes())}` + (seconds ? `:${two(at.getSeconds())}` : '')
}

/** Time of day, with the date in front where it is not the day of `now`. */
export function dayTime(at: Date, now: Date): string {
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return at.toDateString() === now.toDateString() ? clockTime(at) : `${date} ${clockTime(at)}`
}
