using System.Globalization;
using System.Text.RegularExpressions;

namespace WasmChord.Examples.Tests;

/// <summary>Reads the interface of guests out of its document and out of the bindings of each language.</summary>
internal static partial class GuestInterfaceReader
{
    /// <summary>The tables of docs/GUESTS.md.</summary>
    public static GuestInterface Document(string text)
    {
        GuestInterface result = GuestInterface.Empty();
        string module = "", structure = "";
        foreach (string line in text.Split('\n').Select(l => l.TrimEnd()))
        {
            if (line.StartsWith('#'))
            {
                Match heading = DocumentModule().Match(line);
                if (!line.StartsWith("###", StringComparison.Ordinal)) module = heading.Success ? heading.Groups[1].Value : "";
                heading = DocumentStructure().Match(line);
                structure = heading.Success ? heading.Groups[1].Value : "";
            }
            else if (module != "" && DocumentFunction().Match(line) is { Success: true } function)
            {
                result.AddFunction(module, function.Groups[1].Value, Pairs(function.Groups[2].Value, NameFirst(), Plain), function.Groups[3].Value);
            }
            else if (DocumentCode().Match(line) is { Success: true } code)
            {
                result.Codes.Add(code.Groups[2].Value, -Number(code.Groups[1]));
            }
            else if (structure != "" && DocumentField().Match(line) is { Success: true } field)
            {
                result.Fields.Add($"{structure}.{field.Groups[2].Value}", (Number(field.Groups[1]), field.Groups[3].Value));
            }
        }

        return result;
    }

    /// <summary>A C header: declarations after <c>WASMCHORD_IMPORT</c>, an enumeration, structures.</summary>
    public static GuestInterface C(string text)
    {
        GuestInterface result = GuestInterface.Empty();
        text = CComment().Replace(text, "");
        foreach (Match m in CFunction().Matches(text))
        {
            string parameters = m.Groups[4].Value.Trim() == "void" ? "" : m.Groups[4].Value;
            result.AddFunction(m.Groups[1].Value, m.Groups[2].Value, Pairs(parameters, TypeFirst(), CType), CType(m.Groups[3].Value));
        }

        foreach (Match m in CCode().Matches(text)) result.Codes.Add(m.Groups[1].Value, Number(m.Groups[2]));
        foreach (Match m in CStructure().Matches(text))
            result.AddStructure(m.Groups[1].Value, Pairs(m.Groups[2].Value.Trim().TrimEnd(';').Replace(';', ','), TypeFirst(), CType));
        return result;
    }

    /// <summary>AssemblyScript declarations: <c>@external</c>, constants, unmanaged classes.</summary>
    public static GuestInterface AssemblyScript(string text)
    {
        GuestInterface result = GuestInterface.Empty();
        text = LineComment().Replace(text, "");
        foreach (Match m in ScriptFunction().Matches(text))
        {
            if (m.Groups[2].Value != m.Groups[3].Value) throw new FormatException($"{m.Groups[3].Value} is imported as {m.Groups[2].Value}");
            result.AddFunction(m.Groups[1].Value, m.Groups[2].Value, Pairs(m.Groups[4].Value, NameFirst(), ScriptType), ScriptType(m.Groups[5].Value));
        }

        foreach (Match m in ScriptCode().Matches(text)) AddCode(result, m);
        foreach (Match m in ScriptStructure().Matches(text))
            result.AddStructure(SnakeCase(m.Groups[1].Value), Pairs(m.Groups[2].Value.Trim().TrimEnd(';').Replace(';', ','), NameFirst(), ScriptType));
        return result;
    }

    /// <summary>A Rust module: extern blocks, constants, structures of C's layout.</summary>
    public static GuestInterface Rust(string text)
    {
        GuestInterface result = GuestInterface.Empty();
        text = LineComment().Replace(text, "").Replace("r#", "", StringComparison.Ordinal);
        foreach (Match block in RustBlock().Matches(text))
            foreach (Match m in RustFunction().Matches(block.Groups[2].Value))
                result.AddFunction(block.Groups[1].Value, m.Groups[1].Value, Pairs(m.Groups[2].Value.Trim().TrimEnd(','), NameFirst(), RustType), RustType(m.Groups[3].Value));
        foreach (Match m in RustCode().Matches(text)) AddCode(result, m);
        foreach (Match m in RustStructure().Matches(text))
            result.AddStructure(SnakeCase(m.Groups[1].Value), Pairs(m.Groups[2].Value.Replace("pub ", "", StringComparison.Ordinal).Trim().TrimEnd(','), NameFirst(), RustType));
        return result;
    }

    /// <summary>WebAssembly text: imports, globals for codes and for offsets of fields.</summary>
    public static GuestInterface WebAssemblyText(string text)
    {
        GuestInterface result = GuestInterface.Empty();
        foreach (Match m in TextFunction().Matches(text))
        {
            if (m.Groups[2].Value != m.Groups[3].Value) throw new FormatException($"{m.Groups[3].Value} is imported as {m.Groups[2].Value}");
            result.AddFunction(m.Groups[1].Value, m.Groups[2].Value,
                TextParameter().Matches(m.Groups[4].Value).Select(p => (p.Groups[1].Value, p.Groups[2].Value)), m.Groups[5].Value);
        }

        foreach (Match m in TextField().Matches(text)) result.Fields.Add(m.Groups[1].Value, (Number(m.Groups[2]), m.Groups[3].Value));
        foreach (Match m in TextCode().Matches(text)) AddCode(result, m);
        return result;
    }

    private static void AddCode(GuestInterface result, Match m)
    {
        // The numbers of the edges are of the same form.
        if (!m.Groups[1].Value.StartsWith("LAYER_", StringComparison.Ordinal) || m.Groups[1].Value == "LAYER_NOT_FOUND")
            result.Codes.Add(m.Groups[1].Value, Number(m.Groups[2]));
    }

    private static IEnumerable<(string Name, string Type)> Pairs(string list, Regex form, Func<string, string> type)
    {
        if (list.Trim() == "") yield break;
        foreach (string part in list.Split(','))
        {
            Match m = form.Match(part.Trim());
            if (!m.Success) throw new FormatException($"'{part.Trim()}' is no parameter or field");
            yield return (m.Groups["name"].Value, type(m.Groups["type"].Value));
        }
    }

    private static string Plain(string type) => type;

    private static string CType(string type) => type.Trim() switch
    {
        "int32_t" or "uint32_t" => "i32",
        "int64_t" or "uint64_t" => "i64",
        "float" => "f32",
        "double" => "f64",
        var pointer when pointer.EndsWith('*') => "i32",
        var other => throw new FormatException($"the C type '{other}'"),
    };

    private static string ScriptType(string type) => type switch
    {
        "usize" or "u32" or "i32" => "i32",
        "u64" or "i64" => "i64",
        "f32" or "f64" => type,
        _ => throw new FormatException($"the AssemblyScript type '{type}'"),
    };

    private static string RustType(string type) => type switch
    {
        "u32" or "i32" => "i32",
        "u64" or "i64" => "i64",
        "f32" or "f64" => type,
        _ when type.StartsWith('*') => "i32",
        _ => throw new FormatException($"the Rust type '{type}'"),
    };

    private static string SnakeCase(string name) => InnerCapital().Replace(name, "_$0").ToLowerInvariant();

    private static int Number(Group group) => int.Parse(group.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^## Module `(\w+)`")]
    private static partial Regex DocumentModule();

    [GeneratedRegex(@"^### Structure `(\w+)`")]
    private static partial Regex DocumentStructure();

    [GeneratedRegex(@"^\| `(\w+)\((.*)\) -> (\w+)` \|")]
    private static partial Regex DocumentFunction();

    [GeneratedRegex(@"^\| −(\d+) \| `([A-Z0-9_]+)` \|")]
    private static partial Regex DocumentCode();

    [GeneratedRegex(@"^\| (\d+) \| `(\w+)` \| (\w+) \|")]
    private static partial Regex DocumentField();

    [GeneratedRegex(@"^(?<name>\w+)\s*:\s*(?<type>\S.*)$")]
    private static partial Regex NameFirst();

    [GeneratedRegex(@"^(?<type>.*[\s*])(?<name>\w+)$", RegexOptions.Singleline)]
    private static partial Regex TypeFirst();

    [GeneratedRegex(@"/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex CComment();

    [GeneratedRegex("""WASMCHORD_IMPORT\("(\w+)", "(\w+)"\)\s+(\w+) \w+\(([^)]*)\);""")]
    private static partial Regex CFunction();

    [GeneratedRegex(@"^\s+WASMCHORD_(\w+) = (-?\d+),", RegexOptions.Multiline)]
    private static partial Regex CCode();

    [GeneratedRegex(@"struct wasmchord_(\w+) \{([^}]*)\};")]
    private static partial Regex CStructure();

    [GeneratedRegex(@"//.*")]
    private static partial Regex LineComment();

    [GeneratedRegex("""@external\("(\w+)", "(\w+)"\)\s+export declare function (\w+)\(([^)]*)\): (\w+);""")]
    private static partial Regex ScriptFunction();

    [GeneratedRegex(@"^export const (\w+): i32 = (-\d+);", RegexOptions.Multiline)]
    private static partial Regex ScriptCode();

    [GeneratedRegex(@"@unmanaged\s+export class (\w+) \{([^}]*)\}")]
    private static partial Regex ScriptStructure();

    [GeneratedRegex("""#\[link\(wasm_import_module = "(\w+)"\)\]\s+unsafe extern "C" \{([^}]*)\}""")]
    private static partial Regex RustBlock();

    [GeneratedRegex(@"pub fn (\w+)\(([^)]*)\) -> (\w+);")]
    private static partial Regex RustFunction();

    [GeneratedRegex(@"^pub const (\w+): i32 = (-\d+);", RegexOptions.Multiline)]
    private static partial Regex RustCode();

    [GeneratedRegex(@"#\[repr\(C\)\]\s+(?:#\[.*\]\s+)?pub struct (\w+) \{([^}]*)\}")]
    private static partial Regex RustStructure();

    [GeneratedRegex("""\(import "(\w+)" "(\w+)" \(func \$(\w+)((?: \(param \$\w+ \w+\))*) \(result (\w+)\)\)\)""")]
    private static partial Regex TextFunction();

    [GeneratedRegex(@"\(param \$(\w+) (\w+)\)")]
    private static partial Regex TextParameter();

    [GeneratedRegex(@"\(global \$(\w+) i32 \(i32\.const (-\d+)\)\)")]
    private static partial Regex TextCode();

    [GeneratedRegex(@"\(global \$(\w+\.\w+) i32 \(i32\.const (\d+)\)\) ;; (\w+)")]
    private static partial Regex TextField();

    [GeneratedRegex(@"(?<!^)[A-Z]")]
    private static partial Regex InnerCapital();
}
