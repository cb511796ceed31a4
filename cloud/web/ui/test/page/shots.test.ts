// Pictures of the page, to be looked at: SHOTS=/some/folder npm run test:page
import { afterAll, beforeAll, describe, test } from 'vitest'
import type { Browser } from 'playwright-core'
import { alarm } from '../alarm'
import { launch, open } from './browser'
import { residents, vital } from './home'
import { Service } from './service'

const folder = process.env['SHOTS']
const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString()

describe.skipIf(!folder)('pictures', () => {
  const service = new Service()
  let browser: Browser

  beforeAll(async () => {
    await service.start()
    browser = await launch('--autoplay-policy=no-user-gesture-required')
    const mark = { by: '李敏', at: ago(200), station: '2F 护士站' }
    const onset = ago(47)
    const history = [
      { at: ago(45), actor: 'gw-2f', actor_kind: 'gateway' as const, transition: 'suspected' as const, station: '', note: '' },
      { at: ago(41), actor: 'gw-2f', actor_kind: 'gateway' as const, transition: 'raised' as const, station: '', note: '' },
    ]
    const features = [
      { name: 'peak', value: 3.42, unit: 'g' },
      { name: 'dip', value: 0.28, unit: '[g]' },
      { name: 'turn', value: 71, unit: 'deg' },
    ]
    service.set(alarm({ id: 12, resident: 'r2', resident_name: '张桂英', room: '202', bed: '1', onset, decided_at: ago(44), raised_at: ago(43), history, evidence: { rule: 'fall/1', metric: '', unit: '', value: 0, limit: 0, features, hash: '', clock: '', limits: [] } }))
    service.set(alarm({ id: 11, kind: 'vital_low', priority: 'medium', resident: 'r3', resident_name: '刘建华', room: '202', bed: '2', onset: ago(75), evidence: { rule: 'vital/1', metric: 'spo2', unit: '%', value: 86.4, limit: 88, features: [], hash: '', clock: '', limits: [] } }))
    service.set(alarm({ id: 9, kind: 'source_stale', priority: 'low', technical: true, resident: 'r4', resident_name: '陈玉珍', room: '203', bed: '1', onset: ago(380), ringing: false, state: 'acknowledged', acknowledged: mark }))
    service.set(alarm({ id: 5, resident: 'r2', resident_name: '张桂英', kind: 'call', priority: 'high', state: 'closed', ringing: false, onset: ago(9000), closed: { by: '李敏', by_kind: 'person', at: ago(8800), station: '2F', resolution: 'helped', note: '', override_reason: 'x' } }))
    const r2 = service.residents[2]
    if (r2) r2.vitals = [...r2.vitals, vital('body_temperature', 36.6, 7300)]
    service.quarantine = [{ id: 1, at: ago(400), gateway: 'gw-3f', topic: 'osmanthus/v1/home/gw-3f/live', reason: 'wire: batch ends in the middle of a series', bytes: 211 }]
    service.role = 'admin'
  })
  afterAll(async () => {
    await browser.close()
    await service.stop()
  })

  for (const locale of ['zh-CN', 'en-GB']) {
    for (const [width, height] of [[1280, 800], [390, 844]] as const) {
      test(`${locale} ${width}`, async () => {
        for (const [name, path] of [['board', '/'], ['resident', '/residents/r2'], ['alarm', '/alarms/12'], ['history', '/alarms'], ['gateways', '/gateways']] as const) {
          const { context, page } = await open(browser, service.url + path, { locale, viewport: { width, height } })
          await page.waitForSelector('[data-link=ok]')
          await page.waitForFunction(() => document.querySelectorAll('canvas').length === 0 || document.querySelector('[data-points]:not([data-points="0"])'))
          if (path === '/') await page.mouse.click(640, 790)
          await page.waitForSelector(path === '/' ? '[data-sound=on]' : '.app')
          await page.screenshot({ path: `${folder}/${name}-${locale}-${width}.png`, fullPage: width < 600 })
          await context.close()
        }
      })
    }
  }

  test('dark, many, log-in and lost', async () => {
    let view = await open(browser, `${service.url}/`, { locale: 'zh-CN', colorScheme: 'dark' })
    await view.page.waitForSelector('[data-link=ok]')
    await view.page.screenshot({ path: `${folder}/board-dark.png` })
    await view.page.goto(`${service.url}/residents/r2`)
    await view.page.waitForSelector('[data-points]:not([data-points="0"])')
    await view.page.screenshot({ path: `${folder}/resident-dark.png` })
    await view.page.goto(`${service.url}/alarms/12`)
    await view.page.click('main [data-act=acknowledge]')
    await view.page.click('main [data-act=close]')
    await view.page.screenshot({ path: `${folder}/close-dark.png` })
    await view.context.close()

    service.residents = residents(40)
    view = await open(browser, `${service.url}/`, { locale: 'en-GB' })
    await view.page.waitForSelector('[data-link=ok]')
    await view.page.screenshot({ path: `${folder}/board-forty.png` })
    service.silent = true
    await view.page.waitForSelector('[data-link=lost]')
    await view.page.screenshot({ path: `${folder}/lost.png` })
    service.silent = false
    await view.context.close()

    service.loggedIn = false
    view = await open(browser, `${service.url}/`, { locale: 'en-GB' })
    await view.page.waitForSelector('form')
    await view.page.screenshot({ path: `${folder}/login.png` })
    await view.context.close()
  })
})
