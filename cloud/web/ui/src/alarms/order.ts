// The order in which open alarms stand on every station: requirement J1.
import type { Alarm, Priority } from '../api/types'

const urgency: Record<Priority, number> = { high: 0, medium: 1, low: 2 }
const attention: Record<Alarm['state'], number> = { suspected: 0, raised: 0, acknowledged: 1, on_site: 2, closed: 3 }

/**
 * Compares two open alarms: whoever is called for before what is only
 * suspected, then priority, then who still waits for an answer, then people
 * before technology, then who waits longest.
 */
export function byUrgency(a: Alarm, b: Alarm): number {
  return (
    Number(a.state === 'suspected') - Number(b.state === 'suspected') ||
    urgency[a.priority] - urgency[b.priority] ||
    attention[a.state] - attention[b.state] ||
    Number(a.technical) - Number(b.technical) ||
    Date.parse(a.onset) - Date.parse(b.onset) ||
    a.id - b.id
  )
}

/** The open alarms of `all`, most urgent first. */
export function openAlarms(all: Iterable<Alarm>): Alarm[] {
  return [...all].filter((alarm) => alarm.state !== 'closed').sort(byUrgency)
}

/** The highest priority for which a station must sound, or none. */
export function ringing(alarms: Iterable<Alarm>): Priority | 'none' {
  let highest: Priority | 'none' = 'none'
  for (const { ringing, priority } of alarms) {
    if (ringing && (highest === 'none' || urgency[priority] < urgency[highest])) highest = priority
  }
  return highest
}

/** What a person can do next about an alarm. */
export function nextSteps(alarm: Alarm): ('acknowledge' | 'on-site' | 'close')[] {
  switch (alarm.state) {
    case 'suspected':
    case 'raised':
      return ['acknowledge', 'on-site']
    case 'acknowledged':
      return ['on-site', 'close']
    case 'on_site':
      return ['close']
    case 'closed':
      return []
  }
}
