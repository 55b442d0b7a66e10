import { expect, test } from 'vitest'
import { lockFaults } from './lock_file.ts'

test('a platform package that npm left out of the lock file is found, because npm ci fails on that platform', () => {
  const packages = {
    'node_modules/buf': { optionalDependencies: { 'buf-linux': '1.0.0', 'buf-darwin': '1.0.0' } },
    'node_modules/buf-linux': {},
  }
  expect(lockFaults({ packages })).toEqual([
    'package-lock.json: node_modules/buf may need buf-darwin, which has no entry',
  ])
})

test('a package may have its own copy, or use one further out', () => {
  const packages = {
    'node_modules/a/node_modules/b': { optionalDependencies: { inner: '1', middle: '1', outer: '1' } },
    'node_modules/a/node_modules/b/node_modules/inner': {},
    'node_modules/a/node_modules/middle': {},
    'node_modules/outer': {},
  }
  expect(lockFaults({ packages })).toEqual([])
})

test('an address of a registry is found, a link to a workspace is none', () => {
  const packages = {
    'node_modules/a': { resolved: 'https://registry.example/a.tgz' },
    'node_modules/@tms/sdk': { resolved: 'clients/sdk', link: true },
  }
  expect(lockFaults({ packages })).toEqual(['package-lock.json: node_modules/a names the address of a registry'])
})
