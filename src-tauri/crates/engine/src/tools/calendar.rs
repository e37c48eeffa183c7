//! The calendar over HTTP. Owns the requests of `requirements.md` B5; refuses to book twice: one request id is one booking.
//!
//! `GET {api}/availability?date&time&duration`, `POST {api}/appointments` with the header `Idempotency-Key`. Without an
//! address it is the practice calendar, which says so in every answer.

use std::time::Duration;

use callboard_core::{
    skillbase::CalendarConfig,
    tool::{CalendarAction, CalendarCall, ToolResult},
};
use reqwest::RequestBuilder;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::ToolContext;
use crate::http::{self, HttpFault};

/// A calendar that takes longer is done without: somebody waits on the phone.
pub const CALENDAR_TIMEOUT: Duration = Duration::from_secs(5);

pub(super) async fn run(asked: &CalendarCall, config: &CalendarConfig, context: &ToolContext<'_>) -> ToolResult {
    let practises = config.api_url.trim().is_empty();
    match asked.action {
        CalendarAction::CheckAvailability if practises => ToolResult::success(
            json!({ "available": true, "date": date(asked), "time": time(asked), "mock": true }),
            "The practice calendar is always free.",
        ),
        CalendarAction::BookAppointment if practises || context.rehearsal => rehearse(asked, context),
        CalendarAction::CheckAvailability => check(asked, config, context).await.unwrap_or_else(|fault| failed(&fault)),
        CalendarAction::BookAppointment => book(asked, config, context).await.unwrap_or_else(|fault| failed(&fault)),
    }
}

fn date(asked: &CalendarCall) -> String {
    asked.date.to_string()
}

fn time(asked: &CalendarCall) -> String {
    asked.time.format("%H:%M").to_string()
}

/// `BOOK-yyyymmddHHMMSS` and the end of the request's id, so that two bookings in one second are two.
fn rehearse(asked: &CalendarCall, context: &ToolContext<'_>) -> ToolResult {
    let id = context.request_id.simple().to_string();
    let booking = format!("BOOK-{}-{}", context.now.format("%Y%m%d%H%M%S"), &id[id.len() - 8..]);
    ToolResult::success(
        json!({
            "booking_id": booking, "status": "confirmed", "date": date(asked), "time": time(asked),
            "duration_minutes": asked.duration_minutes, "service": asked.service, "mock": true,
        }),
        "Practice: nothing was booked in a real calendar.",
    )
}

async fn check(
    asked: &CalendarCall,
    config: &CalendarConfig,
    context: &ToolContext<'_>,
) -> Result<ToolResult, HttpFault> {
    let url = http::address(&config.api_url, "/availability")?;
    let duration = asked.duration_minutes.to_string();
    let request = context.http.get(url).query(&[("date", date(asked)), ("time", time(asked)), ("duration", duration)]);
    let answer = send(request, context).await?;
    let message = match answer.get("available").and_then(Value::as_bool) {
        Some(true) => "The time is free.",
        Some(false) => "The time is taken.",
        None => "The calendar answered.",
    };
    Ok(ToolResult::success(answer, message))
}

async fn book(
    asked: &CalendarCall,
    config: &CalendarConfig,
    context: &ToolContext<'_>,
) -> Result<ToolResult, HttpFault> {
    let url = http::address(&config.api_url, "/appointments")?;
    let body = json!({
        "date": date(asked), "time": time(asked), "duration": asked.duration_minutes, "service": asked.service,
        "client_name": asked.client_name, "client_phone": asked.client_phone,
    });
    let request = context.http.post(url).header("Idempotency-Key", context.request_id.to_string()).json(&body);
    Ok(ToolResult::success(send(request, context).await?, "The appointment is booked."))
}

async fn send(request: RequestBuilder, context: &ToolContext<'_>) -> Result<Value, HttpFault> {
    let request = match context.calendar_key {
        Some(key) => request.bearer_auth(key.expose_secret()),
        None => request,
    };
    let response = request.timeout(CALENDAR_TIMEOUT).send().await.map_err(|error| http::fault(&error))?;
    http::json(response).await
}

fn failed(fault: &HttpFault) -> ToolResult {
    ToolResult::error(format!("API error: {fault}"))
}
