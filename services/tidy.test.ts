// Reads the repository and holds its borders. A failure names file and line, and what to do instead.
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { secrets } from '../scripts/check/secrets.ts'
import { idsIn, parseRows } from '../scripts/requirements/rows.ts'
import {
  clockFaults,
  consoleFaults,
  domainFaults,
  environmentFaults,
  sqlFaults,
  surrenderFaults,
} from '../scripts/tidy/code_rules.ts'
import { accessFaults, idempotencyFaults, policyFaults } from '../scripts/tidy/contract_rules.ts'
import { methodsOf, readContracts, type Contract } from '../scripts/tidy/contracts.ts'
import { importFaults } from '../scripts/tidy/import_rules.ts'
import { isTest, projectSources, servicesOnDisk, sqlFiles } from '../scripts/tidy/project.ts'
import * as services from '../scripts/tidy/service_rules.ts'
import { breakingFaults, foreignSchemaFaults, homelessSqlFaults, unprotectedFaults } from '../scripts/tidy/sql_rules.ts'
import { validationFaults, wordlessFaults } from '../scripts/tidy/validation_rules.ts'
import { blockingFaults, httpFaults } from '../scripts/tidy/waiting_rules.ts'

/** Calls between services are rare, and decided one by one; everything else travels as an event. */
const CALLS = [
  'company -> tenant',
  'tenant -> auth',
  'ticketing -> auth',
  'ticketing -> company',
  'ticketing -> payment',
  'ticketing -> qr',
  'tracking -> company',
]

const sources = projectSources()
const folders = servicesOnDisk()
let contracts: Contract[]
let declared: services.Declared[]

beforeAll(async () => {
  contracts = await readContracts()
  declared = await services.readDeclarations(folders)
})

/** Shows one fault a line. */
function expectNone(faults: readonly string[]): void {
  expect(faults.join('\n')).toBe('')
}

describe('code', () => {
  test('a service knows others by their contracts only, and the kit knows none [S1-04, S3-06]', () => {
    expectNone(importFaults(sources))
  })

  test('SQL stands in store/ [S1-69]', () => {
    expectNone(sqlFaults(sources))
  })

  test('the rules in domain/ know neither I/O nor protobuf', () => {
    expectNone(domainFaults(sources))
  })

  test('the time comes from a clock that tests can set', () => {
    expectNone(clockFaults(sources))
  })

  test('services are called by generated clients, never by HTTP requests of their own [S1-06]', () => {
    expectNone(httpFaults(sources))
  })

  test('no call waits for a disk or a program in a way that holds up the others', () => {
    expectNone(blockingFaults(sources))
  })

  test('the environment is read by declared settings alone [S2-124]', () => {
    expectNone(environmentFaults(sources))
  })

  test('nothing is printed to the console but by commands', () => {
    expectNone(consoleFaults(sources))
  })

  test('no type is given up and no rule switched off', () => {
    expectNone(surrenderFaults(sources))
  })

  test('no file holds a secret [S1-77, S2-125]', async () => {
    const { ok, said } = await secrets()
    expect(ok ? '' : said).toBe('')
  })
})

describe('contracts', () => {
  test('every RPC says who may call it', () => {
    expectNone(policyFaults(methodsOf(contracts)))
  })

  test('no RPC opens the rows of tenants without a permission of its service', () => {
    expectNone(accessFaults(methodsOf(contracts)))
  })

  test('whatever creates something or moves money has an idempotency key [S1-79]', () => {
    expectNone(idempotencyFaults(methodsOf(contracts)))
  })

  test('every field of every request has a rule and a bound [S3-143]', () => {
    expectNone(validationFaults(methodsOf(contracts)))
  })

  test('every pattern of a request is told in words: they stand in services/kit/rpc/forms.ts', () => {
    expectNone(wordlessFaults(methodsOf(contracts)))
  })
})

describe('services', () => {
  test('every RPC has a handler of its name', () => {
    expectNone(services.handlerFaults(contracts, sources))
  })

  test('every RPC is called by a test of its service', () => {
    expectNone(services.untestedFaults(contracts, sources))
  })

  test('every service has a README that is read in two minutes', () => {
    expectNone(services.readmeFaults(folders))
  })

  test('every declaration agrees with the contracts', () => {
    expectNone(services.declarationFaults(declared, contracts))
  })

  test('every event is published by its owner, and every consumer has a publisher', () => {
    expectNone(services.eventFaults(declared, contracts))
  })

  test('who calls whom has no circles', () => {
    expectNone(services.circles(services.callEdges(declared)))
  })

  test('a new call between services is a decision, written down here [S4-70]', () => {
    expectNone(services.callEdges(declared).filter((edge) => !CALLS.includes(edge)))
  })
})

describe('requirements', () => {
  test('every id in a title is one of docs/requirements.md', () => {
    const known = new Set(parseRows(readFileSync('docs/requirements.md', 'utf8')).map(({ id }) => id))
    const tests = sources.filter(({ path }) => isTest(path) && !path.startsWith('scripts/'))
    expectNone(
      tests.flatMap(({ path, text }) =>
        idsIn(text)
          .filter((id) => !known.has(id))
          .map((id) => `${path} speaks of ${id}, which is no row`),
      ),
    )
  })
})

describe('migrations', () => {
  const files = sqlFiles()

  test('SQL files are numbered migrations of one service [S1-81, S1-82]', () => {
    expectNone(homelessSqlFaults(files))
  })

  test('no statement names the schema of another service [S1-05, S1-69]', () => {
    expectNone(foreignSchemaFaults(files, folders))
  })

  test('a migration that older code cannot live with says so [S1-99]', () => {
    expectNone(breakingFaults(files))
  })

  test('every table with a tenant is protected by row-level security [S4-20]', () => {
    expectNone(unprotectedFaults(files))
  })
})
