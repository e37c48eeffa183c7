//! `seed`: a demonstration of a given size, made of ordinary commands. Owns its words and numbers, the same at every
//! run; refuses companies whose line rings real phones, because the numbers are valid and belong to somebody.

use std::io::{BufWriter, Write as _};

use callboard_contract::{
    CampaignCreate, CampaignForm, CampaignRef, CompanyForm, CompanyRef, CompanyView, Empty, ErrorCode, Handlers,
    ImportReport, IpcError, SkillbaseForm, SkillbaseQuery, SkillbaseSummary,
};
use callboard_core::{
    line::LineKind,
    skillbase::{Language, SkillbaseDocument},
};
use callboard_engine::commands::Desk;
use tempfile::NamedTempFile;

use crate::{
    arguments::Seed,
    campaigns,
    failure::Failure,
    output::{Output, table},
};

const SKILLBASE: &str = "Demo: reminder of an appointment";
/// One series of a mobile network: +7 916 000-00-00 to 999-99-99.
const NUMBERS: u32 = 10_000_000;
const FIRST: [&str; 10] = ["Анна", "Иван", "Мария", "Пётр", "Ольга", "Сергей", "Елена", "Дмитрий", "Ирина", "Алексей"];
const LAST: [&str; 10] =
    ["Ким", "Шевченко", "Черных", "Дурново", "Гоголь", "Мицкевич", "Седых", "Бондаренко", "Живаго", "Лунин"];

/// Creates company, skillbase, campaigns and contacts; the company and the skillbase are taken when they exist.
///
/// # Errors
/// What the command list refuses; more contacts than there are numbers.
pub async fn seed(desk: Desk, seed: Seed, output: Output) -> Result<(), Failure> {
    if seed.contacts == 0 || seed.contacts > NUMBERS {
        return Err(Failure::Usage(format!("A campaign of the demonstration has 1 to {NUMBERS} contacts.")));
    }
    let company = company(&desk, &seed.company).await?;
    let settings = desk.settings_get(CompanyRef { company_id: company.id }).await?;
    if settings.line.kind != LineKind::Practice {
        let message =
            format!("{} uses a line that rings real phones; the demonstration is for the practice line.", company.name);
        return Err(IpcError::refusal(ErrorCode::NotAllowed, message).into());
    }
    let skillbase = skillbase(&desk, &company).await?;
    let file = tokio::task::spawn_blocking(move || call_list(seed.contacts)).await.map_err(anyhow::Error::from)??;

    let mut made = Made { items: Vec::new() };
    for number in 1..=seed.campaigns {
        let form = form(&company, &skillbase, number);
        let campaign = desk.campaign_create(CampaignCreate { company_id: company.id, form }).await?;
        let campaign = CampaignRef { company_id: company.id, campaign_id: campaign.id };
        made.items.push(desk.import_run(campaigns::request(campaign, file.path(), false)?).await?);
        if seed.start {
            desk.campaign_start(campaign).await?;
        }
    }
    let words = |made: &Made| {
        let rows: Vec<_> = made
            .items
            .iter()
            .map(|report| [report.campaign_id.to_string(), report.created.to_string(), report.campaign_name.clone()])
            .collect();
        table(["campaign", "tasks", "name"], &rows)
    };
    Ok(output.print(&made, words)?)
}

async fn company(desk: &Desk, name: &str) -> Result<CompanyView, Failure> {
    let companies = desk.company_list(Empty {}).await?.items;
    if let Some(company) = companies.into_iter().find(|company| company.name == name) {
        return Ok(company);
    }
    let form = CompanyForm {
        name: name.to_owned(),
        time_zone: "Europe/Moscow".to_owned(),
        default_region: "RU".to_owned(),
        currency: "RUB".to_owned(),
        calls_at_once: 100,
    };
    Ok(desk.company_create(form).await?)
}

async fn skillbase(desk: &Desk, company: &CompanyView) -> Result<SkillbaseSummary, Failure> {
    let known = desk.skillbase_list(SkillbaseQuery { company_id: company.id, archived: false }).await?.items;
    if let Some(skillbase) = known.into_iter().find(|skillbase| skillbase.name == SKILLBASE) {
        return Ok(skillbase);
    }
    let mut document = SkillbaseDocument::of_plan(
        Language::Ru,
        "Администратор стоматологической клиники «Улыбка».",
        "Говорит коротко, вежливо и спокойно.",
        "Здравствуйте! Это клиника «Улыбка». Напоминаю о приёме завтра — вам удобно прийти?",
        &["Напомнить о приёме", "Если время неудобно, предложить другое", "Попрощаться"],
    );
    document.identity.rules =
        vec!["Не обсуждает диагнозы.".to_owned(), "Предлагает перенести приём, если время неудобно.".to_owned()];
    document.identity.facts = vec!["Клиника работает с 9 до 21 без выходных.".to_owned()];
    "Говорит цифровой помощник клиники.".clone_into(&mut document.identity.disclosure);
    let form = SkillbaseForm {
        company_id: company.id,
        name: SKILLBASE.to_owned(),
        description: "Made by callboard-server seed.".to_owned(),
        document,
        publish: true,
    };
    Ok(desk.skillbase_create(form).await?.summary)
}

/// What was imported.
#[derive(serde::Serialize)]
struct Made {
    items: Vec<ImportReport>,
}

/// Open at all hours, so that a demonstration dials whenever it is shown.
fn form(company: &CompanyView, skillbase: &SkillbaseSummary, number: u32) -> CampaignForm {
    CampaignForm {
        name: format!("Demo {number}"),
        description: "Made by callboard-server seed.".to_owned(),
        skillbase_id: skillbase.id,
        calls_at_once: 10,
        calls_per_minute: 100,
        max_attempts: 3,
        retry_delay_minutes: 5,
        window_opens: "00:00".to_owned(),
        window_closes: "24:00".to_owned(),
        weekdays: (1..=7).collect(),
        time_zone: company.time_zone.clone(),
        local_time: false,
        starts_at: None,
        ends_at: None,
    }
}

/// A list of `contacts` people; deleted when it is dropped.
fn call_list(contacts: u32) -> Result<NamedTempFile, Failure> {
    let file = tempfile::Builder::new().prefix("callboard-seed-").suffix(".csv").tempfile()?;
    let mut rows = BufWriter::new(file.as_file());
    writeln!(rows, "phone_number,name,city,order")?;
    for index in 0..contacts {
        let [first, last] = [FIRST[(index % 10) as usize], LAST[(index / 10 % 10) as usize]];
        // Steps through the whole series without meeting a number twice: the factor has no divisor in common with it.
        let number = u64::from(index) * 7_654_321 % u64::from(NUMBERS);
        writeln!(rows, "+7916{number:07},{first} {last},Москва,{}", 100_000 + index)?;
    }
    rows.flush()?;
    drop(rows);
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_list_holds_as_many_different_numbers_as_asked_for() {
        let file = call_list(20_000).expect("a temporary file");
        let text = std::fs::read_to_string(file.path()).expect("written");
        let numbers: HashSet<_> = text.lines().skip(1).filter_map(|row| row.split(',').next()).collect();
        assert_eq!(numbers.len(), 20_000);
        assert!(numbers.iter().all(|number| number.len() == 12 && number.starts_with("+7916")));
    }
}
