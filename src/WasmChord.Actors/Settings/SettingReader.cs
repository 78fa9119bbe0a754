using Akka.Configuration;
using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>Reads one section of HOCON; a value that is absent or out of range names its full key and itself.</summary>
internal readonly struct SettingReader(Config config, string section)
{
    public string Text(string key) => config.HasPath(key)
        ? config.GetString(key)
        : throw new ConfigurationException($"{section}.{key} is missing; reference.conf holds its default");

    public int Int(string key, int least, int most)
    {
        string text = Text(key);
        return int.TryParse(text, out int value) && value >= least && value <= most
            ? value
            : throw new ConfigurationException($"{section}.{key} = {text}: expected a whole number from {least} to {most}");
    }

    public double Fraction(string key)
    {
        string text = Text(key);
        return double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out double value) && value is > 0 and <= 1
            ? value
            : throw new ConfigurationException($"{section}.{key} = {text}: expected a number above 0 and at most 1");
    }

    public long Bytes(string key, long least, long most)
    {
        string text = Text(key);
        return ByteSize.TryParse(text, out long value) && value >= least && value <= most
            ? value
            : throw new ConfigurationException($"{section}.{key} = {text}: expected a size from {ByteSize.Format(least)} to {ByteSize.Format(most)}");
    }

    public BudgetSpec Budget(string key)
    {
        string text = Text(key);
        return BudgetSpec.TryParse(text, out BudgetSpec value)
            ? value
            : throw new ConfigurationException($"{section}.{key} = {text}: expected auto, a size such as 512MiB, or layers such as 4layers");
    }

    public bool Boolean(string key)
    {
        Text(key);
        return config.GetBoolean(key);
    }

    public TimeSpan Duration(string key)
    {
        Text(key);
        TimeSpan value = config.GetTimeSpan(key, null, allowInfinite: false);
        return value > TimeSpan.Zero ? value : throw new ConfigurationException($"{section}.{key} = {value}: expected a positive duration");
    }

    public T Enum<T>(string key) where T : struct, Enum
    {
        string text = Text(key);
        return System.Enum.TryParse(text, ignoreCase: true, out T value) && System.Enum.IsDefined(value)
            ? value
            : throw new ConfigurationException($"{section}.{key} = {text}: expected {string.Join(", ", System.Enum.GetNames<T>()).ToLowerInvariant()}");
    }
}
