// A refusal in the words of the page, or the service's own where it knows better.
import type { Refused } from '../api/client'
import { type Translate, hasKey } from '../i18n/catalog'

export function refusal(t: Translate, err: Refused): string {
  const key = `problem.${err.code}`
  if (hasKey(key)) return t(key)
  return [err.message, err.hint].filter(Boolean).join('. ') || t('problem.internal')
}
