package dev.freshet.functions.api;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.BitSet;
import java.util.Objects;

/** When a function runs again and again, in UTC. */
public sealed interface CronSchedule {
    /** The first time after this one. */
    Instant nextAfter(Instant time);

    /** Every so often, counted from the epoch, so that a restart does not shift it. */
    static CronSchedule every(Duration interval) {
        return new Every(interval);
    }

    /** Each hour at this minute. */
    static CronSchedule hourly(int minute) {
        return cron(minute + " * * * *");
    }

    /** Each day at this time. */
    static CronSchedule daily(int hour, int minute) {
        return cron(minute + " " + hour + " * * *");
    }

    /** Each week on this day at this time. */
    static CronSchedule weekly(DayOfWeek day, int hour, int minute) {
        return cron(minute + " " + hour + " * * " + day.getValue() % 7);
    }

    /** Each month on this day at this time; months that do not have the day are left out. */
    static CronSchedule monthly(int day, int hour, int minute) {
        return cron(minute + " " + hour + " " + day + " * *");
    }

    /**
     * By the five fields that Unix knows: minute, hour, day of the month, month, day of the week (0 and 7 are Sunday), each
     * {@code *}, a number, a range, a list of them, any with {@code /step}. Where both days are restricted, either will do.
     *
     * @throws IllegalArgumentException when it is none, or names no day that there ever is
     */
    static CronSchedule cron(String expression) {
        return Fields.parse(expression);
    }

    /** See {@link #every}. */
    record Every(Duration interval) implements CronSchedule {
        public Every {
            if (interval.compareTo(Duration.ofSeconds(1)) < 0) {
                throw new IllegalArgumentException("a cron runs at most once a second, not every " + interval);
            }
        }

        @Override
        public Instant nextAfter(Instant time) {
            long stepMs = interval.toMillis();
            return Instant.ofEpochMilli((Math.floorDiv(time.toEpochMilli(), stepMs) + 1) * stepMs);
        }
    }

    /** See {@link #cron}. */
    record Fields(String expression, BitSet minutes, BitSet hours, BitSet days, BitSet months, BitSet weekdays)
            implements CronSchedule {
        /** The 29th of February comes again within these. */
        private static final int MOST_DAYS = 9 * 366;

        private static final int ALL_DAYS = 31;
        private static final int ALL_WEEKDAYS = 7;

        public Fields {
            Objects.requireNonNull(expression, "expression");
            minutes = copy(minutes);
            hours = copy(hours);
            days = copy(days);
            months = copy(months);
            weekdays = copy(weekdays);
        }

        private static BitSet copy(BitSet set) {
            return (BitSet) set.clone();
        }

        static Fields parse(String expression) {
            String[] fields = expression.strip().split("\\s+");
            if (fields.length != 5) {
                throw new IllegalArgumentException(
                        "the cron \"" + expression + "\" has five fields: minute, hour, day, month, day of the week");
            }
            BitSet weekdays = parseField(expression, fields[4], 0, 7);
            if (weekdays.get(7)) {
                weekdays.set(0);
                weekdays.clear(7);
            }
            Fields parsed = new Fields(
                    expression,
                    parseField(expression, fields[0], 0, 59),
                    parseField(expression, fields[1], 0, 23),
                    parseField(expression, fields[2], 1, 31),
                    parseField(expression, fields[3], 1, 12),
                    weekdays);
            parsed.nextAfter(Instant.EPOCH);
            return parsed;
        }

        private static BitSet parseField(String expression, String field, int least, int most) {
            BitSet set = new BitSet();
            for (String part : field.split(",", -1)) {
                int slash = part.indexOf('/');
                String range = slash < 0 ? part : part.substring(0, slash);
                int step = slash < 0 ? 1 : number(expression, part.substring(slash + 1), 1, most);
                int dash = range.indexOf('-');
                int from = range.equals("*")
                        ? least
                        : number(expression, dash < 0 ? range : range.substring(0, dash), least, most);
                int to = most;
                if (dash >= 0) {
                    to = number(expression, range.substring(dash + 1), from, most);
                } else if (!range.equals("*") && slash < 0) {
                    to = from;
                }
                for (int value = from; value <= to; value += step) {
                    set.set(value);
                }
            }
            return set;
        }

        private static int number(String expression, String text, int least, int most) {
            if (text.matches("[0-9]{1,2}")) {
                int number = Integer.parseInt(text);
                if (number >= least && number <= most) {
                    return number;
                }
            }
            throw new IllegalArgumentException("the cron \"" + expression + "\" has \"" + text
                    + "\" where a number from " + least + " to " + most + " must be");
        }

        @Override
        public Instant nextAfter(Instant time) {
            LocalDateTime from = LocalDateTime.ofInstant(time, ZoneOffset.UTC)
                    .truncatedTo(ChronoUnit.MINUTES)
                    .plusMinutes(1);
            for (int day = 0; day < MOST_DAYS; day++) {
                LocalDate date = from.toLocalDate().plusDays(day);
                if (isOn(date)) {
                    int minuteOfDay = firstFrom(day == 0 ? from.getHour() : 0, day == 0 ? from.getMinute() : 0);
                    if (minuteOfDay >= 0) {
                        return date.atTime(minuteOfDay / 60, minuteOfDay % 60).toInstant(ZoneOffset.UTC);
                    }
                }
            }
            throw new IllegalArgumentException("the cron \"" + expression + "\" names no day that there is");
        }

        private boolean isOn(LocalDate date) {
            boolean isDay = days.get(date.getDayOfMonth());
            boolean isWeekday = weekdays.get(date.getDayOfWeek().getValue() % 7);
            boolean bothRestricted = days.cardinality() < ALL_DAYS && weekdays.cardinality() < ALL_WEEKDAYS;
            return months.get(date.getMonthValue()) && (bothRestricted ? isDay || isWeekday : isDay && isWeekday);
        }

        /** The first minute of a day from this one on; negative if there is none. */
        private int firstFrom(int hour, int minute) {
            int nextHour = hours.nextSetBit(hour);
            if (nextHour < 0) {
                return -1;
            }
            int nextMinute = minutes.nextSetBit(nextHour == hour ? minute : 0);
            if (nextMinute >= 0) {
                return nextHour * 60 + nextMinute;
            }
            nextHour = hours.nextSetBit(hour + 1);
            return nextHour < 0 ? -1 : nextHour * 60 + minutes.nextSetBit(0);
        }
    }
}
