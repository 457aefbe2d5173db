//! Words for days and dates, in one language.

/// See the module.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WhenWords {
    /// This day.
    pub today: String,
    /// The next.
    pub tomorrow: String,
    /// How a date is written, with `{{weekday}}`, `{{day}}` and `{{month}}`.
    pub date: String,
    /// From Monday on.
    pub weekdays: [String; 7],
    /// From January on.
    pub months: [String; 12],
}

impl Default for WhenWords {
    fn default() -> WhenWords {
        let weekdays = [
            "Monday",
            "Tuesday",
            "Wednesday",
            "Thursday",
            "Friday",
            "Saturday",
            "Sunday",
        ];
        let months = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        WhenWords {
            today: "today".to_owned(),
            tomorrow: "tomorrow".to_owned(),
            date: "{{weekday}} {{day}} {{month}}".to_owned(),
            weekdays: weekdays.map(str::to_owned),
            months: months.map(str::to_owned),
        }
    }
}
