/** Names and sentences. Invented; the few that are not English are there so that a sentiment is withheld, not guessed. */
export const FIRST_NAMES = [
  'Ada',
  'Alan',
  'Barbara',
  'Claude',
  'Donald',
  'Dorothy',
  'Edsger',
  'Frances',
  'Grace',
  'Hedy',
  'Ivan',
  'Jean',
  'Karen',
  'Ken',
  'Leslie',
  'Margaret',
  'Niklaus',
  'Ole',
  'Radia',
  'Shafi',
  'Sophie',
  'Tim',
  'Tony',
  'Vint',
  'Wanda',
  'Xenia',
  'Yukihiro',
  'Zoe',
  'Anita',
  'Carl',
];
export const LAST_NAMES = [
  'Abelson',
  'Bartik',
  'Cerf',
  'Dahl',
  'Engelbart',
  'Floyd',
  'Goldberg',
  'Hamilton',
  'Iverson',
  'Johnson',
  'Kay',
  'Liskov',
  'Moore',
  'Naur',
  'Ousterhout',
  'Perlis',
  'Quine',
  'Rabin',
  'Sutherland',
  'Thompson',
  'Ullman',
  'Valiant',
  'Wirth',
  'Yao',
  'Zadeh',
  'Hopper',
  'Lovelace',
];
export const MARKETS = ['north', 'south', 'east', 'west', 'islands'];
export const TEAMS = ['team-amber', 'team-birch', 'team-cedar', 'team-dune'];
export const CATEGORIES = ['kitchen', 'garden', 'audio', 'books', 'toys', 'sport'];
export const ACCOUNTS = ['checking-account', 'savings-account', 'credit-card', 'mortgage'];
export const CALL_REASONS = ['card blocked', 'wrong charge', 'address change', 'password', 'loan question', 'fees'];

export const GLAD = [
  'Thank you, that was quick and friendly. I am very happy with the service.',
  'Excellent, everything arrived early and works perfectly. Wonderful shop!',
  'Great help on the phone, she solved my problem in five minutes.',
  'Sehr freundlich und schnell, vielen Dank für die gute Beratung am Telefon.',
  'I love how easy it was to open the account. Highly recommended.',
];
export const NEUTRAL = [
  'It was fine. Nothing special to report about the delivery.',
  'The order arrived as described and on the expected day.',
  'Okay overall, the form asked for the same thing twice.',
];
export const ANGRY = [
  'Terrible. I waited forty minutes and then the line was cut. I am very disappointed.',
  'My parcel is late again and nobody answers. This is awful and a waste of my time.',
  'I was charged twice, it is the third time I call about this problem. Horrible service.',
  'O pedido chegou atrasado e com defeito, estou muito decepcionado com a loja.',
  'Worst bank ever, they lost my documents and were rude about it.',
];
