using System.Reflection;
using WasmChord.Training.Stories.Internal;

namespace WasmChord.Training.Stories;

/// <summary>
/// The grammar of the stories: plots made of beats, beats worded in many ways, and the persons who may act. The same
/// tables serve to tell stories and to check them. Its text is <c>Grammar/stories.txt</c>, which explains itself.
/// </summary>
public sealed class StoryGrammar
{
    private readonly HashSet<string> _capitals;

    internal StoryGrammar(IReadOnlyList<Plot> plots, Company company)
    {
        Plots = plots;
        Company = company;
        _capitals = [.. plots.SelectMany(plot => plot.Steps).SelectMany(step => step.Beat.Wordings).SelectMany(wording => wording)
            .SelectMany(Literals).SelectMany(text => text.Split(' ', ',', '.', '!', '?', '"')).Where(word => word.Length > 0 && char.IsUpper(word[0]))];
        _capitals.UnionWith(["She", "He", "Her", "His", "An"]);
        _capitals.ExceptWith(company.Names);
    }

    /// <summary>The grammar that the demo model learned.</summary>
    public static StoryGrammar Default { get; } = new(GrammarReader.Read(Resource("stories.txt")), Company.Read(Resource("names.txt")));

    /// <summary>All plots.</summary>
    public IReadOnlyList<Plot> Plots { get; }

    /// <summary>Who may act.</summary>
    public Company Company { get; }

    /// <summary>
    /// True for a capitalised word of the grammar itself. Nobody is named so, so that no text can be read two
    /// ways.
    /// </summary>
    public bool IsWord(string capitalized) => _capitals.Contains(capitalized);

    private static IEnumerable<string> Literals(IReadOnlyList<Wording> pieces) => pieces.SelectMany(piece => piece switch
    {
        Wording.Literal literal => [literal.Text],
        Wording.Choice choice => choice.Options.SelectMany(Literals),
        _ => [],
    });

    private static string[] Resource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd().Split('\n');
    }
}
