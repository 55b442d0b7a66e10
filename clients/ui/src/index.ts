/** Components that every web client shares. */
export { Button, buttonClass, Spinner } from './button.tsx'
export { Card, Skeleton } from './card.tsx'
export { Field, inputClass, TextField } from './field.tsx'
export { Icon, type IconName } from './icon.tsx'
export { Notice } from './notice.tsx'
