using System.Reflection;
using WasmChord.Training.Stories.Internal;

namespace WasmChord.Training.Stories;

/// <summary>
/// The grammar of the stories: plots made of beats, beats worded in many ways, and the persons who may act. The same
/// tables serve to tell stories and to check them. Its text is <c>Grammar/stories.txt</c>, which explains itself.
/// </summary>
public sealed class StoryGrammar
{
    internal StoryGrammar(IReadOnlyList<Plot> plots, Company company)
    {
        Plots = plots;
        Company = company;
    }

    /// <summary>The grammar that the demo model learned.</summary>
    public static StoryGrammar Default { get; } = new(GrammarReader.Read(Resource("stories.txt")), Company.Read(Resource("names.txt")));

    /// <summary>All plots.</summary>
    public IReadOnlyList<Plot> Plots { get; }

    /// <summary>Who may act.</summary>
    public Company Company { get; }

    private static string[] Resource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd().Split('\n');
    }
}
