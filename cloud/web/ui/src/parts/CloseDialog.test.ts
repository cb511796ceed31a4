import { cleanup, fireEvent, render, screen } from '@testing-library/svelte'
import { tick } from 'svelte'
import { afterEach, expect, test, vi } from 'vitest'
import { alarm } from '../../test/alarm'
import { Refused } from '../api/client'
import type { Alarm } from '../api/types'
import { speech } from '../i18n/language.svelte'
import type { Station } from '../live/station.svelte'
import CloseDialog from './CloseDialog.svelte'

afterEach(cleanup)

/** A dialog whose first closing is refused for this reason. */
async function refused(one: Alarm, code: string) {
  speech.language = 'en'
  const close = vi.fn().mockRejectedValueOnce(new Refused(409, { code })).mockResolvedValue(undefined)
  const { container } = render(CloseDialog, { alarm: one, station: { close } as unknown as Station, done: () => undefined })
  const form = container.querySelector('form') as HTMLFormElement
  const click = container.querySelector<HTMLInputElement>('input[value=other]') as HTMLInputElement
  const field = (name: string) => container.querySelector<HTMLTextAreaElement>(`textarea[name=${name}]`)
  const submit = async () => {
    await fireEvent.submit(form)
    await Promise.resolve()
    await tick()
  }
  await fireEvent.click(click)
  await submit()
  return { close, field, submit }
}

test('E3: a high alarm about a person is closed with a reason', async () => {
  const { close, field, submit } = await refused(alarm(), 'proof_required')
  expect(screen.getByRole('alert', { hidden: true }).textContent).toContain('reason')
  await fireEvent.input(field('override_reason') as HTMLTextAreaElement, { target: { value: 'the button is broken' } })
  await submit()
  expect(close).toHaveBeenLastCalledWith(expect.anything(), { resolution: 'other', override_reason: 'the button is broken' })
})

test('a technical alarm whose cause is still there is closed with a note, and the dialog says so', async () => {
  for (const one of [alarm({ kind: 'source_stale', technical: true }), alarm({ technical: true, condition_ended_at: '2026-11-22T02:14:00Z' })]) {
    const { close, field, submit } = await refused(one, 'condition_lasts')
    expect(screen.getByText(/before the cause is gone/)).toBeTruthy()
    expect(screen.getByRole('alert', { hidden: true }).textContent).toContain('reason')
    expect(field('note')?.getAttribute('aria-invalid')).toBe('true')
    expect(field('override_reason')).toBeNull()
    await fireEvent.input(field('note') as HTMLTextAreaElement, { target: { value: 'the band is in the wash' } })
    await submit()
    expect(close).toHaveBeenLastCalledWith(expect.anything(), { resolution: 'other', note: 'the band is in the wash' })
    cleanup()
  }
})
