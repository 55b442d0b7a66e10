// A tracking node by itself, as `npm start -- tracking` opens it, but that it lets everybody follow everything.
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { Redis } from 'ioredis'
import { createLogger, readSettings, systemClock, TOKEN_AUDIENCE, TOKEN_ISSUER, TOKEN_TYPE, userVerifier } from '#kit'
import { liveSettings } from '../../services/tracking/live/config.ts'
import { openFeeds } from '../../services/tracking/live/feeds.ts'
import { openNode } from '../../services/tracking/live/node.ts'
import { serveParent } from '../lib/child.ts'
import type { Published } from './messages.ts'

const pair = await generateKeyPair('EdDSA', { extractable: true })
const key = { ...(await exportJWK(pair.publicKey)), kid: 'bench', alg: 'EdDSA', use: 'sig' }
const token = await new SignJWT({ sid: 'bench' })
  .setProtectedHeader({ alg: 'EdDSA', kid: 'bench', typ: TOKEN_TYPE })
  .setIssuer(TOKEN_ISSUER)
  .setAudience(TOKEN_AUDIENCE)
  .setSubject('bench')
  .setIssuedAt()
  .setExpirationTime('1h')
  .sign(pair.privateKey)

const redis = new Redis(process.env['REDIS_URL'] ?? '')
const parts = { redis, redisPrefix: '', clock: systemClock, log: createLogger('warn') }
const feeds = openFeeds({ ...parts, readNewest: () => Promise.resolve([]) })
const settings = readSettings(liveSettings, process.env)
const node = await openNode({
  ...parts,
  settings: { ...settings, livePort: 0, liveMaxPerAccount: 10_000, liveDrainSeconds: 0 },
  nodeId: 'bench',
  feeds,
  verifyUser: userVerifier(
    () => Promise.resolve([key]),
    () => false,
  ),
  access: (wishes) => Promise.resolve(wishes.map(({ topic }) => [topic])),
  report: () => {
    throw new Error('nobody reports here')
  },
})

serveParent(
  async (): Promise<Published & { token: string }> => {
    const { user, system } = process.cpuUsage()
    const { rss } = process.memoryUsage()
    return Promise.resolve({ port: node.port, rss, cpuMs: (user + system) / 1_000, token })
  },
  () => node.stop(),
)
