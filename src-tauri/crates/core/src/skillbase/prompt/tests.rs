use super::{super::tests::full, *};

fn keys(prompt: &Prompt) -> Vec<SectionKey> {
    prompt.sections.iter().map(|section| section.key).collect()
}

fn section(prompt: &Prompt, key: SectionKey) -> &str {
    prompt.sections.iter().find(|section| section.key == key).map(|section| section.text.as_str()).unwrap_or_default()
}

/// The salon of the replaced system's tests: two rules, three facts, five stages.
fn salon() -> SkillbaseDocument {
    let text = include_str!("../import/tests/salon_v1.json");
    super::super::import::read(text).expect("the old form is read").document
}

/// Acceptance 28.
#[test]
fn the_salon_gets_its_parts_in_order() {
    let prompt = build(&salon(), "Красота", "Основа");
    assert_eq!(
        keys(&prompt),
        [
            SectionKey::Base,
            SectionKey::Role,
            SectionKey::Opening,
            SectionKey::Facts,
            SectionKey::Flow,
            SectionKey::Tools,
            SectionKey::Outcomes,
            SectionKey::Rules,
            SectionKey::Limits,
            SectionKey::Language,
        ]
    );
    let text = prompt.text();
    let order = [
        "Основа",
        "«Красота»",
        "администратор салона",
        "- Работаем ежедневно с 9:00 до 21:00\n- ",
        "1. Приветствие\n2. ",
        "5. Прощание",
        "только когда завершён текущий",
        "- Не давать медицинских советов\n- ",
        "говори по-русски",
    ];
    let places: Vec<usize> = order.iter().map(|part| text.find(part).unwrap_or_else(|| panic!("{part}"))).collect();
    assert!(places.is_sorted(), "{places:?}");
    assert_eq!(section(&prompt, SectionKey::Facts).matches("\n- ").count(), 3);
    assert_eq!(section(&prompt, SectionKey::Rules).matches("\n- ").count(), 2);
}

/// Acceptance 28.
#[test]
fn without_facts_and_rules_their_headings_are_absent() {
    let mut document = salon();
    document.identity.facts.clear();
    document.identity.rules.clear();
    let prompt = build(&document, "", "");
    assert!(!keys(&prompt).contains(&SectionKey::Facts) && !keys(&prompt).contains(&SectionKey::Rules));
    assert!(!prompt.text().contains("Факты") && !prompt.text().contains("Правила"));
    assert!(section(&prompt, SectionKey::Role).contains("«наша компания»"));
    assert!(section(&prompt, SectionKey::Base).starts_with("Кто ты\n"), "the built-in base stands in");
}

/// Acceptance 29.
#[test]
fn a_graph_lists_states_and_conditions() {
    let prompt = build(&full(), "Лето", "");
    let flow = section(&prompt, SectionKey::Flow);
    assert!(flow.contains("Начни с состояния «Приветствие»"));
    assert!(flow.contains("\n- Приветствие\n") && flow.contains("\n- Прощание (здесь разговор заканчивается)\n"));
    assert!(flow.contains("- Приветствие → Запись (если собеседник говорит «да», «удобно»)"), "{flow}");
    assert!(flow.contains("- Приветствие → Прощание (если человеку неудобно говорить)"));
    assert!(flow.contains("- Запись → Прощание (если известно: «время визита»)"));
    assert!(flow.contains("- Запись → Приветствие (если человек запутался)"));
    assert!(flow.ends_with("- Приветствие → Прощание (всегда)"), "the lowest priority comes last");
    let mut document = full();
    document.conversation.flow.transitions.clear();
    assert!(!section(&build(&document, "", ""), SectionKey::Flow).contains("Переходы"));
}

#[test]
fn everything_that_an_editor_can_set_is_said() {
    let document = full();
    let text = build(&document, "Лето", "").text();
    for part in [
        "Спроси, удобно ли говорить",
        "Узнать, удобно ли говорить",
        "Узнай: услуга; день визита",
        "«Удобно говорить?»",
        "здесь отвечай на вопросы по ней",
        "Не больше реплик собеседника: 3",
        "услуга (service, выбор, обязательно). Вопрос: Что будем делать?. Варианты: стрижка, маникюр",
        "Если ответ не подходит, скажи: Мы работаем с 9 до 21",
        "Если человек просит человека: перевести на администратора",
        "service: Выбранная услуга (сюда пойдёт: услуга)",
        "note: Пожелания одной фразой",
        "calendar: ",
        "Запись на 60 мин. Можно записать на: стрижка.",
        "operator: человек просит оператора: передай имя и услугу",
        "end_call: положить трубку после прощания",
        "записан (lead): известно: «время визита» и «услуга» не равно «нет» и известно: «день визита»",
        "только спросил (info_only): во всех остальных случаях",
        "Закончи разговор дословно так: Ждём вас! Хорошего дня.",
        "Политика («выборы», «президент»): скажи «Об этом не говорю.» и вернись к разговору",
        "Угрозы: скажи «Соединяю с администратором.» и переведи на сотрудника",
        "не больше 30 реплик",
        "после 15 с тишины",
        "не дольше 600 с",
        "ты можешь говорить ещё по-английски",
        "Я цифровой помощник.",
        "Добрый день! Это салон «Лето».",
        "базе знаний",
    ] {
        assert!(text.contains(part), "{part}\n\n{text}");
    }
    assert!(!text.contains("dtmf_tone"), "a tool that is switched off is not mentioned");
    assert!(!text.contains("+12025550123"), "the model has no use for the number");
}

#[test]
fn the_frame_follows_the_language() {
    let mut document = full();
    document.identity.language = Language::De;
    let prompt = build(&document, "Sommer", "");
    assert!(section(&prompt, SectionKey::Role).starts_with("You speak for \"Sommer\"."));
    assert!(section(&prompt, SectionKey::Language).starts_with("Language: speak German"));
    assert_eq!(built_in_base(Language::De), built_in_base(Language::En));
}

#[test]
fn a_text_with_braces_stays_as_it_is() {
    let mut document = full();
    document.lead.criteria[0].condition = "сказано {1} или {x}".to_owned();
    let text = build(&document, "{0}", "").text();
    assert!(text.contains("Если сказано {1} или {x}: перевести"));
    assert!(text.contains("«{0}»"));
}

#[test]
fn parts_say_where_they_come_from_and_what_they_take() {
    let prompt = build(&full(), "Лето", "");
    assert!(prompt.sections.iter().all(|section| !section.origins.is_empty() && section.tokens > 0));
    assert_eq!(prompt.sections[1].origins, ["company", "identity.role", "identity.style"]);
    assert_eq!(prompt.tokens(), prompt.sections.iter().map(|section| section.tokens).sum::<u32>());
    assert_eq!((approximate_tokens("abcd"), approximate_tokens("абвгд"), approximate_tokens("")), (1, 2, 0));
}
