/**
 * Words that passwords are made of when nobody cares: the head of every published list of leaked passwords, and what
 * people here add to it. Compared in lower case, digits and signs around a word left out, so that `Password2026!` is
 * `password`.
 */
export const commonPasswords: ReadonlySet<string> = new Set(
  `
  password passwort passw0rd p@ssword p@ssw0rd pa55word motdepasse nenosiri ijambobanga secret changeme letmein welcome
  admin administrator root guest user test tester testing demo default login master access qwerty qwertyuiop azerty
  azertyuiop asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx qazwsxedc 1q2w3e4r 1q2w3e4r5t q1w2e3r4 1qaz2wsx zaq12wsx abc abcd
  abcdef abcdefgh abc123 abcd1234 a1b2c3d4 aa123456 iloveyou loveyou lovely sunshine princess princesse monkey dragon
  football soccer baseball basketball superman batman spiderman pokemon starwars shadow michael jordan jessica ashley
  daniel charlie jennifer thomas nicole hunter harley ranger buster tigger cookie chocolate cheese pepper ginger summer
  winter spring autumn flower freedom whatever trustno1 hello hellohello bonjour bonsoir karibu jambo habari amahoro
  murakoze mwaramutse imana yesu jesus jesuschrist mungu allah christ godisgood blessed blessing prayer faith grace
  rwanda kigali kenya nairobi uganda kampala tanzania daressalaam burundi bujumbura mombasa kisumu musanze huye rubavu
  eastafrica africa mpesa mobilemoney safaricom airtel mtnrwanda arsenal chelsea liverpool manchester manunited
  barcelona realmadrid rayonsport aprfc gormahia ronaldo messi computer internet samsung nokia tecno infinix iphone
  android google facebook whatsapp instagram youtube transport business company manager driver passenger ticket
  coach matatu boda bodaboda money dollar million billion family friend mother father brother sister
  `
    .trim()
    .split(/\s+/u),
)
