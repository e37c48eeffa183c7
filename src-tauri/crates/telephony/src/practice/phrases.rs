//! The words of pretended conversations in Russian and English. Owns nothing but text.

use super::fate::Fate;

/// Everything that is said in one language.
pub(super) struct Phrases {
    pub(super) characters_per_token: f64,
    /// What an answering machine says.
    pub(super) machine: &'static [&'static str],
    pub(super) puzzled: &'static [&'static str],
    pub(super) listens: &'static [&'static str],
    pub(super) bot_explains: &'static [&'static str],
    pub(super) asks: &'static [&'static str],
    pub(super) bot_answers: &'static [&'static str],
    pub(super) agrees: &'static [&'static str],
    pub(super) bot_closes: &'static [&'static str],
    pub(super) refuses: &'static [&'static str],
    pub(super) bot_accepts_refusal: &'static [&'static str],
    pub(super) asks_to_call_back: &'static [&'static str],
    pub(super) bot_promises_call: &'static [&'static str],
    pub(super) goodbye: &'static [&'static str],
    reasons: [&'static str; 5],
}

impl Phrases {
    /// Russian for `ru`, English for everything else.
    pub(super) fn in_language(language: &str) -> &'static Self {
        if language == "ru" { &RUSSIAN } else { &ENGLISH }
    }

    /// What the agent gives as the reason of its outcome.
    pub(super) fn reason(&self, fate: Fate) -> Option<&'static str> {
        let [agreed, refused, call_back, hung_up, machine] = self.reasons;
        match fate {
            Fate::Agrees => Some(agreed),
            Fate::Refuses => Some(refused),
            Fate::AsksToCallBack => Some(call_back),
            Fate::HangsUpAfterGreeting => Some(hung_up),
            Fate::Voicemail => Some(machine),
            Fate::Busy
            | Fate::NoAnswer
            | Fate::InvalidNumber
            | Fate::Declined
            | Fate::CarrierFault
            | Fate::AgentFault => None,
        }
    }
}

static ENGLISH: Phrases = Phrases {
    characters_per_token: 4.0,
    machine: &[
        "The person you are calling is not available. Please leave a message after the tone.",
        "Hi, you have reached my voicemail. I cannot take your call right now, please leave a message.",
    ],
    puzzled: &["Sorry, who is this?", "Not now, thank you.", "Hello? I can't hear you."],
    listens: &["Yes, speaking.", "Yes, I'm listening.", "Hello, yes, what is it about?", "Okay, go ahead."],
    bot_explains: &[
        "Thank you. You left a request with us, and I would like to agree on the next step. It takes about a minute.",
        "I am calling about our offer for this month. May I tell you in two sentences what it includes?",
        "We have a new appointment schedule, and I can reserve a convenient time for you right now.",
    ],
    asks: &[
        "And how much would that cost me?",
        "How long does it take?",
        "Where did you get my number?",
        "Can I change it later if something comes up?",
    ],
    bot_answers: &[
        "There is no charge for the first visit. After that you decide for yourself whether to go on.",
        "It usually takes one working day, and we send you a confirmation by message.",
        "You left it in the form on our website. I can remove it at once if you wish.",
        "Of course. A call or a message the day before is enough.",
    ],
    agrees: &[
        "All right, that suits me. Put me down, please.",
        "Yes, let's do it.",
        "Good, tomorrow afternoon would be fine.",
    ],
    bot_closes: &[
        "Excellent, I have written it down. You will get a confirmation by message. Have a good day!",
        "Thank you, everything is arranged. Goodbye!",
    ],
    refuses: &[
        "No, thank you, I'm not interested.",
        "I don't need it, please don't call again.",
        "No, I have already found another solution.",
    ],
    bot_accepts_refusal: &[
        "I understand, thank you for your time. Goodbye!",
        "Of course, I have noted it. I am sorry for the trouble, all the best!",
    ],
    asks_to_call_back: &[
        "I'm driving, could you call me later?",
        "I'm in a meeting, call me tomorrow morning.",
        "I have to talk it over at home first. Call me in a couple of days.",
    ],
    bot_promises_call: &[
        "Certainly, I will call you back later. Have a good day!",
        "Agreed, I have noted the time. Talk to you soon!",
    ],
    goodbye: &["Goodbye.", "Thanks, bye.", "You too, bye."],
    reasons: [
        "The person agreed to the offer.",
        "The person declined the offer.",
        "The person asked to be called back.",
        "The person hung up after the greeting.",
        "An answering machine picked up.",
    ],
};

static RUSSIAN: Phrases = Phrases {
    characters_per_token: 2.6,
    machine: &[
        "Абонент не может ответить на ваш звонок. Оставьте сообщение после звукового сигнала.",
        "Здравствуйте, сейчас я не могу подойти к телефону. Пожалуйста, оставьте сообщение.",
    ],
    puzzled: &["Простите, а кто это?", "Не сейчас, спасибо.", "Алло? Вас не слышно."],
    listens: &["Да, это я.", "Да, слушаю вас.", "Здравствуйте, а по какому вопросу?", "Хорошо, говорите."],
    bot_explains: &[
        "Спасибо. Вы оставляли у нас заявку, и я хотела бы согласовать следующий шаг. Это займёт около минуты.",
        "Я звоню рассказать о предложении этого месяца. Можно в двух словах, что в него входит?",
        "У нас появилось новое расписание, и я могу сразу записать вас на удобное время.",
    ],
    asks: &[
        "А сколько это будет стоить?",
        "А сколько времени это займёт?",
        "Откуда у вас мой номер?",
        "А можно будет потом перенести, если что?",
    ],
    bot_answers: &[
        "Первый визит бесплатный. Дальше вы сами решите, продолжать или нет.",
        "Обычно это один рабочий день, подтверждение мы пришлём сообщением.",
        "Вы указали его в форме на нашем сайте. Если хотите, я сразу его удалю.",
        "Конечно. Достаточно позвонить или написать за день.",
    ],
    agrees: &[
        "Хорошо, мне подходит. Запишите меня, пожалуйста.",
        "Да, давайте.",
        "Ладно, завтра после обеда будет удобно.",
    ],
    bot_closes: &[
        "Отлично, я вас записала. Подтверждение придёт сообщением. Хорошего дня!",
        "Спасибо, всё оформлено. До свидания!",
    ],
    refuses: &[
        "Нет, спасибо, мне это неинтересно.",
        "Мне не нужно, больше не звоните, пожалуйста.",
        "Нет, я уже нашёл другой вариант.",
    ],
    bot_accepts_refusal: &[
        "Понимаю, спасибо за уделённое время. До свидания!",
        "Конечно, я отметила. Извините за беспокойство, всего доброго!",
    ],
    asks_to_call_back: &[
        "Я за рулём, перезвоните, пожалуйста, попозже.",
        "Я сейчас на совещании, наберите меня завтра утром.",
        "Мне нужно сначала посоветоваться дома. Перезвоните через пару дней.",
    ],
    bot_promises_call: &["Конечно, я перезвоню позже. Хорошего дня!", "Договорились, время я записала. До связи!"],
    goodbye: &["До свидания.", "Спасибо, до свидания.", "И вам всего хорошего."],
    reasons: [
        "Человек согласился на предложение.",
        "Человек отказался от предложения.",
        "Человек попросил перезвонить.",
        "Человек положил трубку после приветствия.",
        "Ответил автоответчик.",
    ],
};
