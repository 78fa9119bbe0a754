using System.Globalization;
using System.Text;

namespace WasmChord.Inference;

/// <summary>The conversions of C's <c>strftime</c> that chat templates use, in English.</summary>
internal static class DateFormat
{
    internal static string Render(DateTimeOffset time, string format)
    {
        StringBuilder text = new();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }

            text.Append(format[++i] switch
            {
                'Y' => Part("yyyy"),
                'y' => Part("yy"),
                'm' => Part("MM"),
                'd' => Part("dd"),
                'H' => Part("HH"),
                'I' => Part("hh"),
                'M' => Part("mm"),
                'S' => Part("ss"),
                'p' => Part("tt"),
                'B' => Part("MMMM"),
                'b' => Part("MMM"),
                'A' => Part("dddd"),
                'a' => Part("ddd"),
                '%' => "%",
                _ => throw TemplateValues.Unclear($"the date format '%{format[i]}' is not understood"),
            });
        }

        return text.ToString();

        string Part(string pattern) => time.ToString(pattern, CultureInfo.InvariantCulture);
    }
}
