import { Redis } from 'ioredis'
import { expect, inject } from 'vitest'
import tracking from '../service.ts'
import type { Ctx } from '../context.ts'
import { placements } from '../testing/placements.ts'
import { predictArrivals } from './predict_arrivals.ts'

placements(
  'arrivals wait while Redis is away, which is said once when it goes and once when it is back; other faults are told each time',
  [tracking],
  async (suite) => {
    const running = suite.host.runtimes.get('tracking')!.ctx as Ctx
    const said: unknown[] = []
    const note = (...words: unknown[]) => void said.push(words.at(-1))
    const log = Object.assign(Object.create(running.log) as Ctx['log'], { warn: note })
    const open = () => new Redis(inject('REDIS_URL'), { lazyConnect: true, enableOfflineQueue: false })
    const [away, back] = [open(), open()]
    const run = (redis: Redis) => predictArrivals.run({ ...running, log, redis })
    for (let i = 0; i < 3; i++) await run(away)
    expect(said).toEqual(['Redis does not answer; arrivals are predicted when it is back'])
    await back.connect()
    for (let i = 0; i < 3; i++) await run(back)
    expect(said.slice(1)).toEqual(['Redis is back; arrivals are predicted again'])

    await back.set(`${running.redisPrefix}tracking:companies`, 'no set')
    await expect(run(back)).rejects.toThrow('WRONGTYPE')
    await expect(run(back)).rejects.toThrow('WRONGTYPE')
    expect(said).toHaveLength(2)
    away.disconnect()
    back.disconnect()
  },
  { placements: ['memory'] },
)
