import { readdirSync } from 'node:fs'
import type { DescService } from '@bufbuild/protobuf'
import { expect, test } from 'vitest'
import { ProbeService } from '#gen/tms/probe/v1/probe_pb.ts'
import { publicServices, routesOf } from './contract.ts'
import { contract } from './service.ts'

const gen = new URL('../gen/tms/', import.meta.url)

/** The services of every generated file but the kit's probe. */
async function generatedServices(): Promise<DescService[]> {
  const files = readdirSync(gen, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('_pb.ts'))
  const modules = await Promise.all(
    files.filter((file) => !file.startsWith('probe')).map((file) => import(new URL(file, gen).href) as Promise<object>),
  )
  return modules.flatMap((module) => Object.values(module) as unknown[]).filter(isService)
}

const isService = (value: unknown): value is DescService =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'service'

test('every service with a public method is forwarded to [S2-16]', async () => {
  const names = (services: readonly DescService[]) => services.map(({ typeName }) => typeName).sort()
  expect(names(publicServices(contract))).toEqual(names(publicServices(await generatedServices())))
})

test('of a service, what is for other services has no route', () => {
  const routes = routesOf([ProbeService])
  expect(routes.get('/tms.probe.v1.ProbeService/Echo')).toMatchObject({ owner: 'probe', unary: true })
  expect(routes.get('/tms.probe.v1.ProbeService/Count')).toMatchObject({ unary: false })
  expect(routes.has('/tms.probe.v1.ProbeService/TellCaller')).toBe(false)
})
