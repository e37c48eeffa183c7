//! The words that frame a prompt, in Russian and in English. They are instructions to a language model, not words of the
//! user interface: they are not in its catalogues and do not follow its language.

use super::super::{FieldKind, Language, ToolName};

/// The words of one language. Places `{0}`, `{1}` are filled in order.
pub(super) struct Words {
    pub base: &'static str,
    pub quotes: (&'static str, &'static str),
    pub some_company: &'static str,
    pub company: &'static str,
    pub role: &'static str,
    pub style: &'static str,
    pub greeting: &'static str,
    pub greetings: &'static str,
    pub disclosure: &'static str,
    pub facts: &'static str,
    pub knowledge: &'static str,
    pub plan: &'static str,
    pub move_on: &'static str,
    pub graph: &'static str,
    pub end_state: &'static str,
    pub transitions: &'static str,
    pub always: &'static str,
    pub when: &'static str,
    pub says: &'static str,
    pub goal: &'static str,
    pub instruction: &'static str,
    pub collect: &'static str,
    pub examples: &'static str,
    pub look_up: &'static str,
    pub look_up_text: &'static str,
    pub state_limit: &'static str,
    pub is_set: &'static str,
    pub is_not_set: &'static str,
    pub equals: &'static str,
    pub not_equals: &'static str,
    pub contains: &'static str,
    pub greater_than: &'static str,
    pub less_than: &'static str,
    pub callback_requested: &'static str,
    pub not_target_reason: &'static str,
    pub questions_answered: &'static str,
    pub all_required: &'static str,
    pub fields: &'static str,
    pub required: &'static str,
    pub optional: &'static str,
    pub ask: &'static str,
    pub choices: &'static str,
    pub at_least: &'static str,
    pub at_most: &'static str,
    pub fewest: &'static str,
    pub longest: &'static str,
    pub pattern: &'static str,
    pub hint: &'static str,
    pub criteria: &'static str,
    pub criterion: &'static str,
    pub crm_fields: &'static str,
    pub value_of: &'static str,
    pub tools: &'static str,
    pub appointment: &'static str,
    pub services: &'static str,
    pub pass_on: &'static str,
    pub outcomes: &'static str,
    pub and: &'static str,
    pub otherwise: &'static str,
    pub closing: &'static str,
    pub closing_fixed: &'static str,
    pub rules: &'static str,
    pub guardrails: &'static str,
    pub respond: &'static str,
    pub escalate: &'static str,
    pub end_call: &'static str,
    pub limits: &'static str,
    pub language: &'static str,
    pub switch: &'static str,
    pub stay: &'static str,
    kinds: [&'static str; 8],
    tool_uses: [&'static str; 7],
    tongues: [&'static str; 7],
}

impl Words {
    /// The words that frame a document of this language.
    pub(super) const fn of(language: Language) -> &'static Self {
        match language {
            Language::Ru => &RUSSIAN,
            Language::En | Language::Es | Language::De | Language::Fr | Language::It | Language::Pt => &ENGLISH,
        }
    }

    pub(super) const fn kind(&self, kind: FieldKind) -> &'static str {
        self.kinds[kind as usize]
    }

    pub(super) const fn tool(&self, tool: ToolName) -> &'static str {
        self.tool_uses[tool as usize]
    }

    pub(super) const fn tongue(&self, language: Language) -> &'static str {
        self.tongues[language as usize]
    }
}

const RUSSIAN: Words = Words {
    base: "\
Кто ты
Ты цифровой помощник и разговариваешь с человеком по телефону. Всё, что ты пишешь, тут же произносится вслух: никаких списков, \
разметки, смайликов и сокращений. Если спросят, человек ли ты, честно скажи, что ты цифровой помощник.

Как говорить
- Короткими фразами: одно-два предложения за раз.
- Живой разговорной речью; уместны «да», «ага», «понятно», «так», «смотрите».
- Делай паузы и давай человеку ответить; не перебивай.
- Если не расслышал или не понял, переспроси.
- Числа, даты и время произноси так, как их говорят вслух.

Чего не делать
- Не говори длинными предложениями и канцеляритом.
- Не повторяй уже сказанное теми же словами.
- Не говори «чем могу помочь» и других дежурных формул.
- Не извиняйся без причины.
- Не выдумывай: чего не знаешь, того не обещай.",
    quotes: ("«", "»"),
    some_company: "наша компания",
    company: "Ты говоришь от имени компании «{0}».",
    role: "Твоя роль:",
    style: "Стиль общения:",
    greeting: "Разговор начинается этой фразой:",
    greetings: "Разговор начинается одной из этих фраз:",
    disclosure: "Вместе с приветствием обязательно звучит:",
    facts: "Факты о компании:",
    knowledge: "На вопросы отвечай по найденным в базе знаний отрывкам. Если подходящего отрывка нет, скажи об этом и предложи \
связать с сотрудником.",
    plan: "Твоя задача: провести разговор по этапам.",
    move_on: "Переходи к следующему этапу, только когда завершён текущий.",
    graph: "Твоя задача: вести разговор по состояниям. Начни с состояния «{0}».",
    end_state: " (здесь разговор заканчивается)",
    transitions: "Переходы между состояниями:",
    always: "всегда",
    when: "если {0}",
    says: "собеседник говорит",
    goal: "Цель:",
    instruction: "Как действовать:",
    collect: "Узнай:",
    examples: "Примеры:",
    look_up: "База знаний:",
    look_up_text: "здесь отвечай на вопросы по ней.",
    state_limit: "Не больше реплик собеседника:",
    is_set: "известно: {0}",
    is_not_set: "неизвестно: {0}",
    equals: "{0} равно {1}",
    not_equals: "{0} не равно {1}",
    contains: "{0} содержит {1}",
    greater_than: "{0} больше {1}",
    less_than: "{0} меньше {1}",
    callback_requested: "просьба перезвонить",
    not_target_reason: "причина, по которой человек не подходит",
    questions_answered: "на вопросы дан ответ",
    all_required: "все обязательные сведения",
    fields: "Что нужно узнать:",
    required: "обязательно",
    optional: "если получится",
    ask: "Вопрос:",
    choices: "Варианты:",
    at_least: "Не меньше:",
    at_most: "Не больше:",
    fewest: "Символов не меньше:",
    longest: "Символов не больше:",
    pattern: "По образцу:",
    hint: "Если ответ не подходит, скажи:",
    criteria: "Когда что делать:",
    criterion: "Если {0}: {1}",
    crm_fields: "Что записать для CRM:",
    value_of: " (сюда пойдёт: {0})",
    tools: "Что ты умеешь делать во время разговора:",
    appointment: "Запись на {0} мин.",
    services: "Можно записать на:",
    pass_on: "передай ",
    outcomes: "Чем может закончиться разговор:",
    and: " и ",
    otherwise: "во всех остальных случаях",
    closing: "Как закончить разговор:",
    closing_fixed: "Закончи разговор дословно так:",
    rules: "Правила, которые нельзя нарушать:",
    guardrails: "Если речь зайдёт об этом:",
    respond: "скажи {0} и вернись к разговору",
    escalate: "скажи {0} и переведи на сотрудника",
    end_call: "скажи {0} и закончи звонок",
    limits: "Пределы: не больше {0} реплик собеседника; один и тот же вопрос не больше {1} раз; после {2} с тишины спроси, слышно \
ли тебя; звонок не дольше {3} с.",
    language: "Язык: говори {0}, обращайся на «вы».",
    switch: "Если собеседник переходит на другой язык, перейди вместе с ним; ты можешь говорить ещё {0}.",
    stay: "Сам на другой язык не переходи; если попросят, ты можешь говорить ещё {0}.",
    kinds: ["текст", "телефон", "эл. почта", "дата", "время", "число", "выбор", "да или нет"],
    tool_uses: [
        "проверить свободное время и записать на приём.",
        "соединить с сотрудником.",
        "закончить звонок, когда разговор завершён.",
        "нажать клавиши в голосовом меню.",
        "определить, на каком языке говорит человек.",
        "промолчать, когда человек просит подождать.",
        "передать разговор другому помощнику.",
    ],
    tongues: [
        "по-русски",
        "по-английски",
        "по-испански",
        "по-немецки",
        "по-французски",
        "по-итальянски",
        "по-португальски",
    ],
};

const ENGLISH: Words = Words {
    base: "\
Who you are
You are a digital assistant talking to a person on the phone. Everything you write is spoken at once: no lists, no markup, no \
emoji, no abbreviations. If asked whether you are human, say honestly that you are a digital assistant.

How to speak
- In short phrases: one or two sentences at a time.
- In plain spoken language; \"yes\", \"right\", \"I see\", \"okay\" are welcome.
- Pause and let the person answer; do not interrupt.
- If you did not hear or understand, ask again.
- Say numbers, dates and times the way people say them aloud.

What not to do
- No long sentences and no officialese.
- Do not repeat what you have said in the same words.
- No \"how can I help you\" and other stock phrases.
- Do not apologise without a reason.
- Do not invent: what you do not know you do not promise.",
    quotes: ("\"", "\""),
    some_company: "our company",
    company: "You speak for \"{0}\".",
    role: "Your role:",
    style: "Your style:",
    greeting: "The conversation begins with this phrase:",
    greetings: "The conversation begins with one of these phrases:",
    disclosure: "Together with the greeting this is always said:",
    facts: "Facts about the company:",
    knowledge: "Answer questions from the passages found in the knowledge base. When no passage fits, say so and offer to put the \
person through to a colleague.",
    plan: "Your task: lead the conversation through these stages.",
    move_on: "Move on to the next stage only when the present one is finished.",
    graph: "Your task: lead the conversation through these states. Begin in the state \"{0}\".",
    end_state: " (the conversation ends here)",
    transitions: "Transitions between the states:",
    always: "always",
    when: "if {0}",
    says: "the person says",
    goal: "Goal:",
    instruction: "What to do:",
    collect: "Find out:",
    examples: "Examples:",
    look_up: "Knowledge base:",
    look_up_text: "answer questions from it here.",
    state_limit: "Turns of the person at most:",
    is_set: "known: {0}",
    is_not_set: "not known: {0}",
    equals: "{0} is {1}",
    not_equals: "{0} is not {1}",
    contains: "{0} contains {1}",
    greater_than: "{0} is above {1}",
    less_than: "{0} is below {1}",
    callback_requested: "the wish to be called back",
    not_target_reason: "the reason why the person is not the right one",
    questions_answered: "questions were answered",
    all_required: "everything that is required",
    fields: "What to find out:",
    required: "required",
    optional: "if possible",
    ask: "Ask:",
    choices: "Choices:",
    at_least: "At least:",
    at_most: "At most:",
    fewest: "Fewest characters:",
    longest: "Most characters:",
    pattern: "Pattern:",
    hint: "If the answer does not fit, say:",
    criteria: "When to do what:",
    criterion: "If {0}: {1}",
    crm_fields: "What to note for the CRM:",
    value_of: " (this goes here: {0})",
    tools: "What you can do during the conversation:",
    appointment: "An appointment takes {0} min.",
    services: "What can be booked:",
    pass_on: "pass on ",
    outcomes: "How the conversation can end:",
    and: " and ",
    otherwise: "in all other cases",
    closing: "How to end the conversation:",
    closing_fixed: "End the conversation with exactly these words:",
    rules: "Rules that must not be broken:",
    guardrails: "If the talk comes to this:",
    respond: "say {0} and return to the conversation",
    escalate: "say {0} and put the person through to a colleague",
    end_call: "say {0} and end the call",
    limits: "Limits: at most {0} turns of the person; the same question at most {1} times; after {2} s of silence ask whether you \
can be heard; the call takes at most {3} s.",
    language: "Language: speak {0}, politely.",
    switch: "When the person changes to another language, follow; you can also speak {0}.",
    stay: "Do not change the language by yourself; when asked, you can also speak {0}.",
    kinds: ["text", "phone", "e-mail", "date", "time", "number", "choice", "yes or no"],
    tool_uses: [
        "look for free times and book an appointment.",
        "connect the person with a colleague.",
        "hang up when the conversation is over.",
        "press keys in a voice menu.",
        "find out which language the person speaks.",
        "say nothing while the person asks you to wait.",
        "hand the conversation over to another assistant.",
    ],
    tongues: ["Russian", "English", "Spanish", "German", "French", "Italian", "Portuguese"],
};
