//! First run: the company and, when asked for, a sample to learn on. The sample is fixed to the practice line and its
//! numbers are from the range that is reserved for fiction (555-0100 to 555-0199), so that it can never ring anywhere.

use std::{fmt::Write as _, io::Write as _};

use callboard_contract::{CampaignForm, CompanyForm, IpcError, SetupDone, SetupRequest, SkillbaseForm};
use callboard_core::{
    field::FieldErrors,
    id::{CampaignId, CompanyId},
    line::LineKind,
    skillbase::{Language, SkillbaseDocument, Tool, ToolName},
    window::parse_zone,
    zone::zones_of_number,
};
use callboard_db::campaigns as campaign_rows;

use crate::{
    campaigns, companies,
    context::{Context, commit},
    error::{OrFault, UseCase},
    import::{CheckJob, ImportLimits, layout::LayoutChoice},
    imports, skillbases,
};

/// Contacts of the sample.
const CONTACTS: usize = 60;

/// Where the numbers of a new company most likely are: where its clock is, else where its language is spoken.
fn region_of(language: &str, time_zone: &str) -> &'static str {
    /// A mobile number of no known place: all zones of Russia.
    const SOMEWHERE_IN_RUSSIA: &str = "+79990000000";
    let in_russia =
        parse_zone(time_zone).is_some_and(|zone| zones_of_number(SOMEWHERE_IN_RUSSIA).zones().contains(&zone));
    if in_russia || language == "ru" { "RU" } else { "US" }
}

/// Creates the company, and the sample when asked for.
///
/// # Errors
/// Refused fields; `companyName: taken`.
pub(crate) async fn set_up(context: &Context, request: SetupRequest) -> UseCase<SetupDone> {
    let mut errors = FieldErrors::default();
    errors.check_text("companyName", &request.company_name, 1, 255);
    if !matches!(request.language.as_str(), "ru" | "en") {
        errors.add("language", "language");
    }
    errors.into_result()?;
    let company = companies::create(
        context,
        CompanyForm {
            name: request.company_name,
            default_region: region_of(&request.language, &request.time_zone).to_owned(),
            time_zone: request.time_zone,
            currency: "USD".to_owned(),
            calls_at_once: callboard_core::company::DEFAULT_COMPANY_CALLS_AT_ONCE,
        },
    )
    .await
    .map_err(rename_company_fields)?;
    if !request.sample {
        return Ok(SetupDone { company, campaign: None });
    }
    let id = CompanyId(company.id);
    let text = if request.language == "ru" { &RUSSIAN } else { &ENGLISH };
    let skillbase = skillbases::create(context, skillbase(text, company.id, &company.name, &request.language)).await?;
    let campaign = campaigns::create(context, id, &campaign(text, skillbase.summary.id, &company.time_zone)).await?;
    let campaign_id = CampaignId(campaign.id);
    fix_to_practice(context, id, campaign_id).await?;
    import(context, id, campaign_id, text).await?;
    let campaign = campaigns::get(context, id, campaign_id).await?;
    Ok(SetupDone { company, campaign: Some(campaign) })
}

/// The first-run form calls the company's name `companyName`.
fn rename_company_fields(mut error: IpcError) -> IpcError {
    for field in &mut error.fields {
        if field.field == "name" {
            "companyName".clone_into(&mut field.field);
        }
    }
    error
}

async fn fix_to_practice(context: &Context, company: CompanyId, campaign: CampaignId) -> UseCase<()> {
    let mut tx = context.begin().await.or_fault(context)?;
    campaign_rows::fix_line(&mut tx, company, campaign, LineKind::Practice).await.or_fault(context)?;
    commit(tx).await.or_fault(context)
}

async fn import(context: &Context, company: CompanyId, campaign: CampaignId, text: &Text) -> UseCase<()> {
    let mut file = tempfile::Builder::new().suffix(".csv").tempfile().map_err(|error| {
        IpcError::refusal(
            callboard_contract::ErrorCode::UnreadableFile,
            format!("The sample list could not be written to the temporary folder: {error}."),
        )
    })?;
    file.write_all(list(text).as_bytes()).and_then(|()| file.flush()).map_err(|error| {
        IpcError::refusal(
            callboard_contract::ErrorCode::UnreadableFile,
            format!("The sample list could not be written to the temporary folder: {error}."),
        )
    })?;
    let job = CheckJob {
        company_id: company,
        campaign_id: campaign,
        path: file.path().to_owned(),
        file_name: text.file_name.to_owned(),
        region: "US".to_owned(),
        choice: LayoutChoice::default(),
        roles: None,
        limits: ImportLimits::default(),
    };
    imports::file(context, job, false).await?;
    Ok(())
}

/// The sample list as a file, so that it takes the way of every list.
fn list(text: &Text) -> String {
    let mut csv = format!("phone_number,name,{},{}\n", text.city_header, text.note_header);
    for index in 0..CONTACTS {
        let first = text.first_names[index % text.first_names.len()];
        let last = text.last_names[(index * 7 + index / 10) % text.last_names.len()];
        let city = text.cities[(index * 3) % text.cities.len()];
        let note = text.notes[index % text.notes.len()];
        let number = 100 + (index + 20) % 100;
        let _ = writeln!(csv, "+1202555{number:04},{first} {last},{city},{note}");
    }
    csv
}

fn skillbase(text: &Text, company_id: uuid::Uuid, company: &str, language: &str) -> SkillbaseForm {
    let cut = |words: &str| words.replace("{company}", company).chars().take(500).collect::<String>();
    let all = |items: &[&str]| items.iter().map(|item| cut(item)).collect::<Vec<_>>();
    let language = language.parse().unwrap_or(Language::Ru);
    let mut document =
        SkillbaseDocument::of_plan(language, &cut(text.role), text.style, &cut(text.greeting), text.plan);
    document.identity.rules = all(text.rules);
    document.identity.facts = all(text.facts);
    document.identity.disclosure = cut(text.disclosure);
    document.tools = vec![Tool::new(ToolName::EndCall, true)];
    SkillbaseForm {
        company_id,
        name: text.skillbase.to_owned(),
        description: text.skillbase_description.to_owned(),
        document,
        publish: true,
    }
}

fn campaign(text: &Text, skillbase_id: uuid::Uuid, time_zone: &str) -> CampaignForm {
    CampaignForm {
        name: text.campaign.to_owned(),
        description: text.campaign_description.to_owned(),
        skillbase_id,
        calls_at_once: 5,
        calls_per_minute: 20,
        max_attempts: 3,
        retry_delay_minutes: 5,
        window_opens: "00:00".to_owned(),
        window_closes: "24:00".to_owned(),
        weekdays: (1..=7).collect(),
        time_zone: time_zone.to_owned(),
        local_time: false,
        starts_at: None,
        ends_at: None,
    }
}

/// The words of the sample in one language.
struct Text {
    file_name: &'static str,
    skillbase: &'static str,
    skillbase_description: &'static str,
    role: &'static str,
    style: &'static str,
    rules: &'static [&'static str],
    facts: &'static [&'static str],
    greeting: &'static str,
    disclosure: &'static str,
    plan: &'static [&'static str],
    campaign: &'static str,
    campaign_description: &'static str,
    city_header: &'static str,
    note_header: &'static str,
    first_names: &'static [&'static str],
    last_names: &'static [&'static str],
    cities: &'static [&'static str],
    notes: &'static [&'static str],
}

const ENGLISH: Text = Text {
    file_name: "sample-list.csv",
    skillbase: "Appointment reminder",
    skillbase_description: "Reminds clients of their visit and offers another time. A sample to look at and change.",
    role: "Administrator of {company} who reminds clients of their appointment and finds another time when needed",
    style: "Friendly, short sentences, never pushy",
    rules: &[
        "Say that you are a digital assistant when asked.",
        "Never promise a discount.",
        "When the person asks not to be called again, confirm and say goodbye.",
    ],
    facts: &[
        "{company} is open from 9:00 to 21:00 every day.",
        "A visit can be moved free of charge until the evening before.",
        "Parking in the yard is free for clients.",
    ],
    greeting: "Good afternoon! This is the digital assistant of {company}. Is it a good moment for half a minute?",
    disclosure: "This is the digital assistant of {company}.",
    plan: &[
        "Ask whether it is a good moment",
        "Remind of the appointment: day and time",
        "When the time does not suit, offer another one",
        "Repeat what was agreed and say goodbye",
    ],
    campaign: "Sample: appointment reminder",
    campaign_description: "Sixty invented contacts on the practice line. Nobody is called. Press Start and watch.",
    city_header: "city",
    note_header: "note",
    first_names: &["Anna", "Peter", "Maria", "James", "Olivia", "Thomas", "Elena", "David", "Sophie", "Martin"],
    last_names: &["Miller", "Brown", "Garcia", "Novak", "Stone", "Fisher", "Lang", "Moore", "Reed", "Young", "Walsh"],
    cities: &["Springfield", "Riverton", "Lakeside", "Fairview", "Georgetown"],
    notes: &["Haircut on Friday", "First visit", "Regular client", "Asked for the morning", "Manicure and care"],
};

const RUSSIAN: Text = Text {
    file_name: "пример-списка.csv",
    skillbase: "Напоминание о записи",
    skillbase_description: "Напоминает клиенту о визите и предлагает другое время. Пример, который можно менять.",
    role: "Администратор компании «{company}»: напоминает клиентам о записи и при необходимости подбирает другое время",
    style: "Дружелюбно, короткими фразами, без давления",
    rules: &[
        "На вопрос, кто говорит, отвечай, что ты цифровой помощник.",
        "Никогда не обещай скидку.",
        "Если человек просит больше не звонить, подтверди и попрощайся.",
    ],
    facts: &[
        "«{company}» работает ежедневно с 9:00 до 21:00.",
        "Визит можно бесплатно перенести до вечера предыдущего дня.",
        "Парковка во дворе для клиентов бесплатная.",
    ],
    greeting: "Добрый день! Это цифровой помощник компании «{company}». Удобно говорить полминуты?",
    disclosure: "Это цифровой помощник компании «{company}».",
    plan: &[
        "Спросить, удобно ли говорить",
        "Напомнить о записи: день и время",
        "Если время не подходит, предложить другое",
        "Повторить, о чём договорились, и попрощаться",
    ],
    campaign: "Пример: напоминание о записи",
    campaign_description: "Шестьдесят вымышленных контактов на учебной линии. Никому не звоним. Нажмите «Начать» и смотрите.",
    city_header: "город",
    note_header: "заметка",
    first_names: &["Анна", "Пётр", "Мария", "Илья", "Ольга", "Тимур", "Елена", "Денис", "София", "Максим"],
    last_names: &[
        "Ким",
        "Бондаренко",
        "Гончар",
        "Новак",
        "Черных",
        "Левченко",
        "Ланская",
        "Мороз",
        "Седых",
        "Юсуф",
        "Вебер",
    ],
    cities: &["Москва", "Казань", "Самара", "Тверь", "Пермь"],
    notes: &["Стрижка в пятницу", "Первый визит", "Постоянный клиент", "Просил утром", "Маникюр и уход"],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_english_desk_in_moscow_reads_russian_numbers() {
        assert_eq!(region_of("en", "Europe/Moscow"), "RU");
        assert_eq!(region_of("ru", "Europe/Berlin"), "RU");
        assert_eq!(region_of("en", "America/New_York"), "US");
        assert_eq!(region_of("en", "nowhere"), "US");
    }
}
