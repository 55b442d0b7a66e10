import type { Suite } from '#kit/testing'

/** What the helpers of these tests need of a suite: the service may as well run in a process that dies. */
export type Stage = Pick<Suite, 'clock' | 'redis' | 'namespace' | 'client' | 'peer' | 'sql' | 'advance'>
