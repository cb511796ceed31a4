// A tablet that falls asleep is a station that nobody sees.

/** Keeps the screen on while the page is visible, where the browser can. Returns how to end that. */
export function keepAwake(): () => void {
  let lock: WakeLockSentinel | undefined
  let wanted = true
  const ask = async () => {
    if (!wanted || document.visibilityState !== 'visible') return
    // Refused on low battery, and unknown outside of secure contexts: the page works all the same.
    const got = await navigator.wakeLock?.request('screen').catch(() => undefined)
    if (wanted) lock = got
    else void got?.release()
  }
  void ask()
  document.addEventListener('visibilitychange', ask)
  return () => {
    wanted = false
    document.removeEventListener('visibilitychange', ask)
    void lock?.release()
  }
}
